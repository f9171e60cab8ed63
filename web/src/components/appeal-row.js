// web/src/components/appeal-row.js -- one appeal in the inbox.

import { isMine } from '../actions.js';
import { contentOf } from '../contents.js';
import { excerpt } from '../format.js';
import { html } from '../html.js';
import { showDateTime, showShort, t } from '../i18n.js';
import { isUnread } from '../reads.js';
import { route } from '../router.js';
import { focusWanted } from '../screen.js';
import { appealOf } from '../store.js';
import { Avatar } from './avatar.js';
import { CountdownChip } from './countdown.js';
import { StateChip } from './state-chip.js';
import { Waiting } from './waiting.js';

// The excerpt does not say its kind: a customer's "[photo] ..." is taken for one.
function wordsOf({ author, text }) {
	const { kind, caption } = contentOf(text);
	return author === 'customer' && kind !== 'other' ? `${t(`content.${kind}`)} ${caption}` : text;
}

function Excerpt({ appeal }) {
	const message = appeal.last_message;
	if (!message)
		return html`<span class="row-text faint">${t('row.no-messages')}</span>`;
	const who = { employee: t(isMine(appeal) ? 'row.you' : 'row.operator'), bot: t('row.bot') }[message.author];
	return html`<span class="row-text">${who && html`<b>${who}: </b>`}${excerpt(wordsOf(message))}</span>`;
}

function Owner({ appeal }) {
	if (appeal.state === 'new')
		return null;
	const name = isMine(appeal) ? t('row.you') : appeal.assignee?.name ?? t('row.unassigned');
	return html`<span class="row-owner">${name}</span>`;
}

// A click with a mouse means "I am going to answer"; walking by keys does not.
function onClick(event) {
	focusWanted.value = event.detail > 0 && window.matchMedia('(pointer: fine)').matches;
}

export function AppealRow({ id }) {
	const appeal = appealOf(id);
	if (!appeal)
		return null;
	const unread = isUnread(appeal);
	return html`<a class="row" href=${`/appeals/${id}`} onClick=${onClick} data-testid="appeal-row" data-id=${id}
		data-state=${appeal.state} data-unread=${unread} aria-current=${route.value.id === id ? 'true' : undefined}>
		<${Avatar} id=${appeal.customer.id} name=${appeal.customer.name} />
		<span class="row-top">
			<span class="row-name">${appeal.customer.name}</span>
			<time title=${showDateTime(appeal.last_activity_at)}>${showShort(appeal.last_activity_at)}</time>
		</span>
		<span class="row-middle">
			<${Excerpt} appeal=${appeal} />
			${unread && html`<span class="unread" role="img" aria-label=${t('row.unread')}></span>`}
		</span>
		<span class="row-bottom">
			<span class="number">${t('row.number', { number: appeal.number })}</span>
			<${StateChip} state=${appeal.state} /><${Owner} appeal=${appeal} />
			<span class="gap"></span>
			${appeal.state === 'closing' && html`<${CountdownChip} deadline=${appeal.closing_at} />`}
			${appeal.waiting_since !== null && appeal.state !== 'closed' && html`<${Waiting} since=${appeal.waiting_since} />`}
		</span>
	</a>`;
}
