// web/src/components/toasts.js -- draws the short notices of toasts.js.

import { html } from '../html.js';
import { t } from '../i18n.js';
import { dismiss, toasts } from '../toasts.js';
import { Icon } from './icons.js';

export function Toasts() {
	return html`<div class="toasts" role="status" aria-live="polite">
		${toasts.value.map(({ id, kind, text }) => html`
			<div key=${id} class="toast" data-kind=${kind} data-testid="toast">
				<${Icon} name=${kind === 'error' ? 'alert' : 'check'} size=${18} />
				<span>${text}</span>
				<button class="icon-button small" aria-label=${t('app.dismiss')} onClick=${() => dismiss(id)}>
					<${Icon} name="cross" size=${16} />
				</button>
			</div>`)}
	</div>`;
}
