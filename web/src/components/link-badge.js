// web/src/components/link-badge.js -- says honestly whether the screen is up to date.

import { html } from '../html.js';
import { t } from '../i18n.js';
import { link } from '../live.js';

export function LinkBadge() {
	const state = link.value;
	return html`<span class="link-badge" role="status" data-state=${state} title=${t(`link.${state}.hint`)}
		data-testid="link-badge">
		<span class="dot" aria-hidden="true"></span><span class="label">${t(`link.${state}`)}</span>
	</span>`;
}
