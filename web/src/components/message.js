// web/src/components/message.js -- one bubble: who, what, when, its earlier texts, its delivery.

import { useState } from 'preact/hooks';
import { isBusy, offers, sendAgain } from '../actions.js';
import { html } from '../html.js';
import { showDateTime, showTime, t } from '../i18n.js';
import { contentOf } from '../contents.js';
import { splitLinks } from '../links.js';
import { reasonText } from '../reasons.js';
import { session } from '../session.js';
import { appealOf } from '../store.js';
import { Icon } from './icons.js';

const TICKS = { queued: 'clock', sending: 'send', sent: 'check', failed: 'alert', unknown: 'question' };

function Tick({ delivery, at }) {
	const text = delivery === 'failed' ? t('delivery.failed', { reason: '' }).replace(/:\s*$/, '') : t(`delivery.${delivery}`);
	return html`<span class="tick" data-delivery=${delivery} title=${at ? `${text}, ${showDateTime(at)}` : text}>
		<${Icon} name=${TICKS[delivery]} size=${15} label=${text} />
	</span>`;
}

function Versions({ versions }) {
	return html`<ol class="versions" aria-label=${t('message.versions')} data-testid="versions">
		${versions.map(({ text, at }) => html`<li key=${at}><time>${showDateTime(at)}</time><p>${text}</p></li>`)}
	</ol>`;
}

// Where an answer did not surely arrive: why, and the way on.
function Trouble({ message }) {
	const { delivery } = message;
	if (delivery !== 'failed' && delivery !== 'unknown')
		return null;
	const appeal = appealOf(message.appeal_id);
	const may = appeal && offers(appeal).sendAgain;
	const { key, params } = reasonText(message.delivery_reason);
	const said = delivery === 'failed' ? t('delivery.failed', { reason: t(key, params) }) : t('delivery.unknown');
	return html`<div class="trouble" data-delivery=${delivery}>
		<span title=${delivery === 'unknown' ? t('delivery.unknown.hint') : message.delivery_reason}>${said}</span>
		${may && html`<button class="link" disabled=${isBusy(appeal.id)} onClick=${() => sendAgain(message)}
			title=${delivery === 'unknown' ? t('delivery.unknown.hint') : undefined}
			data-testid="send-again">${t('delivery.again')}</button>`}
	</div>`;
}

function Meta({ message, open, onToggle }) {
	return html`<span class="meta">
		${message.edited_at && html`<button class="edited" aria-expanded=${open} onClick=${onToggle}
			title=${showDateTime(message.edited_at)} disabled=${!message.versions.length}
			data-testid="edited">${t('message.edited')}</button>`}
		<time title=${showDateTime(message.created_at)}>${showTime(message.created_at)}</time>
		${message.delivery && html`<${Tick} delivery=${message.delivery} at=${message.delivered_at} />`}
	</span>`;
}

function authorOf(message) {
	if (message.author === 'bot')
		return t('message.from.bot');
	return message.author_name ?? t(`message.from.${message.author}`);
}

const Part = ({ text, href }) =>
	(href ? html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${text}</a>` : text);

function Text({ message }) {
	if (message.kind !== 'unsupported')
		return html`<span class="text" data-testid="message-text">${splitLinks(message.text).map(Part)}</span>`;
	const { kind, caption } = contentOf(message.text);
	return html`<span class="text" title=${t('message.unsupported')} data-testid="message-text">
		<i class="unsupported">${t(`content.${kind}`)}</i>${caption && ` ${caption}`}
	</span>`;
}

// Seen where a side of the screen does not tell it already; always there for a screen reader.
function Author({ message, grouped }) {
	const { author, author_name } = message;
	const plain = author === 'customer' || (author === 'employee' && author_name === session.value.me?.name);
	return html`<span class=${plain || grouped ? 'author unseen' : 'author'}>
		${author === 'bot' && html`<${Icon} name="bot" size=${14} />`}${authorOf(message)}
	</span>`;
}

export function Message({ message, grouped, last }) {
	const [open, setOpen] = useState(false);
	return html`<article class="message" data-author=${message.author} data-delivery=${message.delivery ?? ''}
		data-id=${message.id} data-grouped=${grouped} data-last=${last} data-testid="message">
		<${Author} message=${message} grouped=${grouped} />
		<div class="bubble">
			${open && html`<${Versions} versions=${message.versions} />`}
			<${Text} message=${message} /><${Meta} message=${message} open=${open} onToggle=${() => setOpen(!open)} />
		</div>
		<${Trouble} message=${message} />
	</article>`;
}
