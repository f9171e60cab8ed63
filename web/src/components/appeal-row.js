// web/src/components/appeal-row.js -- one appeal in the inbox: who, what they said last, how pressing it is.

import { isMine } from '../actions.js';
import { contentOf } from '../contents.js';
import { draftOf } from '../drafts.js';
import { excerpt } from '../format.js';
import { html } from '../html.js';
import { showDateTime, showShort, t } from '../i18n.js';
import { isUnread } from '../reads.js';
import { route } from '../router.js';
import { focusWanted } from '../screen.js';
import { appealOf } from '../store.js';
import { Avatar } from './avatar.js';
import { CountdownChip } from './countdown.js';
import { Icon } from './icons.js';
import { Waiting } from './waiting.js';

// Lists of everybody's appeals say whose each is.
const LISTS_WITH_OWNER = new Set(['work', 'closed']);

// The excerpt does not say its kind: a customer's "[photo] ..." is taken for one.
function wordsOf({ author, text }) {
	const { kind, caption } = contentOf(text);
	return author === 'customer' && kind !== 'other' ? `${t(`content.${kind}`)} ${caption}` : text;
}

function Excerpt({ appeal }) {
	const draft = draftOf(appeal.id);
	if (draft && route.value.id !== appeal.id)
		return html`<span class="row-text"><b class="row-draft">${t('row.draft')}: </b>${excerpt(draft)}</span>`;
	const message = appeal.last_message;
	if (!message)
		return html`<span class="row-text faint">${t('row.no-messages')}</span>`;
	const who = { employee: t(isMine(appeal) ? 'row.you' : 'row.operator'), bot: t('row.bot') }[message.author];
	return html`<span class="row-text">${who && html`<b>${who}: </b>`}${excerpt(wordsOf(message))}</span>`;
}

function Owner({ appeal }) {
	const name = isMine(appeal) ? t('row.you') : appeal.assignee?.name ?? t('row.unassigned');
	return html`<span class="row-bottom"><${Icon} name="person" size=${13} /><span class="row-owner">${name}</span></span>`;
}

function Pressure({ appeal, unread }) {
	const waits = appeal.waiting_since !== null && appeal.state !== 'closed';
	return html`
		${appeal.state === 'closing' && html`<${CountdownChip} deadline=${appeal.closing_at} />`}
		${waits && html`<${Waiting} since=${appeal.waiting_since} />`}
		${unread && html`<span class="unread" role="img" aria-label=${t('row.unread')}></span>`}`;
}

// A click with a mouse means "I am going to answer"; walking by keys does not.
function onClick(event) {
	focusWanted.value = event.detail > 0 && window.matchMedia('(pointer: fine)').matches;
}

export function AppealRow({ id, list }) {
	const appeal = appealOf(id);
	if (!appeal)
		return null;
	const unread = isUnread(appeal);
	return html`<a class="row" href=${`/appeals/${id}`} onClick=${onClick} data-testid="appeal-row" data-id=${id}
		data-state=${appeal.state} data-unread=${unread} aria-current=${route.value.id === id ? 'true' : undefined}>
		<${Avatar} id=${appeal.customer.id} name=${appeal.customer.name} />
		<span class="row-top">
			<span class="row-name">${appeal.customer.name}</span>
			<span class="number">${t('row.number', { number: appeal.number })}</span>
			<span class="gap"></span>
			<time title=${showDateTime(appeal.last_activity_at)}>${showShort(appeal.last_activity_at)}</time>
		</span>
		<span class="row-middle">
			<${Excerpt} appeal=${appeal} /><${Pressure} appeal=${appeal} unread=${unread} />
		</span>
		${LISTS_WITH_OWNER.has(list) && html`<${Owner} appeal=${appeal} />`}
	</a>`;
}
