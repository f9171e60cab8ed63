// web/src/components/pending.js -- an answer that the server has not accepted yet, shown as just that.

import { peekDraft, saveDraft } from '../drafts.js';
import { html } from '../html.js';
import { showTime, t } from '../i18n.js';
import { discard, retryRefused } from '../outbox.js';
import { errorText } from '../toasts.js';
import { Icon } from './icons.js';

function stateText(entry) {
	if (entry.phase === 'refused')
		return t('delivery.refused', { detail: errorText(entry.error) });
	return t(entry.phase === 'waiting' ? 'delivery.retrying' : 'delivery.pending');
}

// The text goes back where it was written, before what stands there.
function takeBack(entry) {
	const rest = peekDraft(entry.appealId);
	saveDraft(entry.appealId, rest ? `${entry.text}\n${rest}` : entry.text);
	discard(entry.key);
}

function Ways({ entry }) {
	return html`
		<button class="link" onClick=${() => retryRefused(entry.key)} data-testid="pending-retry">${t('delivery.again')}</button>
		<button class="link" onClick=${() => takeBack(entry)} data-testid="pending-edit">${t('delivery.edit')}</button>
		<button class="link" onClick=${() => discard(entry.key)} data-testid="pending-discard">${t('delivery.discard')}</button>`;
}

export function Pending({ entry }) {
	const refused = entry.phase === 'refused';
	return html`<article class="message" data-author="employee" data-phase=${entry.phase} data-key=${entry.key}
		data-last="true" data-testid="pending">
		<div class="bubble">
			<span class="text">${entry.text}</span>
			<span class="meta">
				<time>${showTime(entry.at)}</time>
				<span class="tick" data-delivery="pending"><${Icon} name=${refused ? 'alert' : 'clock'} size=${15} /></span>
			</span>
		</div>
		${entry.phase !== 'sending' && html`<div class="trouble" data-delivery=${refused ? 'failed' : 'waiting'}>
			<span>${stateText(entry)}</span>${refused && html`<${Ways} entry=${entry} />`}
		</div>`}
	</article>`;
}
