// web/src/components/customer-panel.js -- who the customer is, this appeal in figures, and their others.

import { useEffect, useState } from 'preact/hooks';
import { getAppeals } from '../api.js';
import { html } from '../html.js';
import { showDateTime, showShort, t } from '../i18n.js';
import { position } from '../position.js';
import { drawer, panelShown, toggleInfo } from '../screen.js';
import { appealOf, putAppeals } from '../store.js';
import { Avatar } from './avatar.js';
import { Icon } from './icons.js';
import { StateChip } from './state-chip.js';

const PAST_PAGE = 10;

function Fact({ name, children }) {
	return html`<div class="fact"><dt>${name}</dt><dd>${children}</dd></div>`;
}

function Username({ username }) {
	if (!username)
		return html`<span class="muted">${t('customer.no-username')}</span>`;
	return html`<a href=${`https://t.me/${encodeURIComponent(username)}`} target="_blank" rel="noopener noreferrer">@${username}</a>`;
}

function Reach({ reachable }) {
	return html`<span class="reach" data-reachable=${reachable}>
		<${Icon} name=${reachable ? 'check' : 'alert'} size=${15} />${t(reachable ? 'customer.reachable' : 'customer.blocked')}
	</span>`;
}

function CustomerFacts({ customer }) {
	return html`<dl class="facts">
		<${Fact} name=${t('customer.username')}><${Username} username=${customer.username} /><//>
		<${Fact} name=${t('customer.language')}>${t(`customer.language.${customer.language}`)}<//>
		<${Fact} name=${t('customer.reach')}><${Reach} reachable=${customer.reachable} /><//>
	</dl>`;
}

function AppealFacts({ appeal }) {
	return html`<section>
		<h3>${t('customer.appeal')}</h3>
		<dl class="facts">
			<${Fact} name=${t('customer.opened')}>${showDateTime(appeal.opened_at)}<//>
			${appeal.taken_at && html`<${Fact} name=${t('customer.taken')}>${showDateTime(appeal.taken_at)}<//>`}
			${appeal.closed_at && html`<${Fact} name=${t('customer.closed')}>${showDateTime(appeal.closed_at)}<//>`}
			${appeal.assignee && html`<${Fact} name=${t('customer.operator')}>${appeal.assignee.name}<//>`}
			<${Fact} name=${t('customer.messages')}>${appeal.message_count}<//>
		</dl>
		${appeal.previous_id && html`<a class="button small" href=${`/appeals/${appeal.previous_id}`}
			data-testid="previous-appeal"><${Icon} name="link" size=${16} />${t('customer.previous')}</a>`}
	</section>`;
}

// The customer's appeals, newest first; asked anew whenever one of them opens or closes.
function usePast(customerId, turn) {
	const [past, setPast] = useState({ items: null, cursor: null, failed: false });
	const load = async (cursor, known) => {
		const seqBefore = position.seq;
		try {
			const page = await getAppeals({ customer: customerId, cursor, limit: PAST_PAGE });
			putAppeals(page.items, page.as_of_seq ?? seqBefore);
			setPast({ items: [...known, ...page.items.map((item) => item.id)], cursor: page.next_cursor, failed: false });
		} catch {
			setPast((before) => ({ ...before, failed: true }));
		}
	};
	useEffect(() => { load(undefined, []); }, [customerId, turn]);
	return { ...past, more: () => load(past.cursor, past.items) };
}

function PastRow({ id }) {
	const appeal = appealOf(id);
	return appeal && html`<li><a class="past" href=${`/appeals/${id}`} data-testid="past-appeal" data-id=${id}>
		<span class="past-top"><span class="number">${t('row.number', { number: appeal.number })}</span>
			<${StateChip} state=${appeal.state} /><span class="gap"></span><time>${showShort(appeal.opened_at)}</time></span>
		<span class="past-text">${appeal.subject ?? appeal.last_message?.text ?? t('row.no-messages')}</span>
	</a></li>`;
}

function Past({ appeal }) {
	const { items, cursor, failed, more } = usePast(appeal.customer.id, `${appeal.id}/${appeal.state}`);
	const others = (items ?? []).filter((id) => id !== appeal.id);
	return html`<section aria-busy=${!items}>
		<h3>${t('customer.past')}</h3>
		${failed && html`<p class="muted">${t('customer.past.failed')}</p>`}
		${items && !others.length && html`<p class="muted">${t('customer.past.none')}</p>`}
		<ul class="past-list">${others.map((id) => html`<${PastRow} key=${id} id=${id} />`)}</ul>
		${cursor && html`<button class="button small" onClick=${more}>${t('customer.past.more')}</button>`}
	</section>`;
}

export function CustomerPanel({ id }) {
	const appeal = appealOf(id);
	useEffect(() => () => { drawer.value = false; }, []);
	if (!appeal || !panelShown())
		return null;
	const { customer } = appeal;
	return html`<aside class="panel" aria-label=${t('customer.title')} data-testid="customer-panel">
		<header class="pane-head">
			<h2>${t('customer.title')}</h2>
			<button class="icon-button" aria-label=${t('customer.hide')} onClick=${toggleInfo}><${Icon} name="cross" /></button>
		</header>
		<div class="panel-scroll">
			<div class="panel-who">
				<${Avatar} id=${customer.id} name=${customer.name} large=${true} />
				<b>${customer.name}</b>
			</div>
			<${CustomerFacts} customer=${customer} />
			<${AppealFacts} appeal=${appeal} />
			<${Past} appeal=${appeal} />
		</div>
	</aside>`;
}
