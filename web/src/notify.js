// web/src/notify.js -- the number in the title and on the icon, and the sound of a new message.

import { computed, effect } from '@preact/signals';
import { t } from './i18n.js';
import { lists } from './lists.js';
import { link } from './live.js';
import { sound } from './prefs.js';
import { route } from './router.js';
import { session } from './session.js';
import { playChime } from './sound.js';
import { appealOf, peekAppeal } from './store.js';

// What waits for me: the whole queue and my own appeals that the customer wrote in last.
export const unanswered = computed(() => {
	const mine = lists.mine.ids.value.filter((id) => appealOf(id)?.waiting_since != null);
	return lists.queue.ids.value.length + mine.length;
});

const badge = (count) => (count > 99 ? '99' : String(count));

function iconFor(count) {
	const mark = count
		? `<circle cx="46" cy="18" r="18" fill="#d93a2f"/><text x="46" y="25" font-size="21"
			font-weight="700" font-family="system-ui,sans-serif" text-anchor="middle"
			fill="#fff">${badge(count)}</text>`
		: '';
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64"
		rx="16" fill="#14804a"/><g fill="none" stroke="#fff" stroke-width="4.6" stroke-linecap="round"
		stroke-linejoin="round"><path d="M36 14h7l5 28M15 45h22c1-7 5-11 11-11"/></g><circle cx="15"
		cy="47" r="5.5" fill="#fff"/><circle cx="49" cy="47" r="5.5" fill="#fff"/>${mark}</svg>`;
}

function pageTitle() {
	const { name, id } = route.value;
	if (session.value.phase !== 'in')
		return t('login.title');
	const appeal = name === 'appeal' ? appealOf(id) : null;
	return appeal ? `${appeal.customer.name}, ${t('row.number', { number: appeal.number })}` : t('inbox.title');
}

export function startTitle() {
	const icon = document.querySelector('link[rel="icon"]');
	effect(() => {
		const count = session.value.phase === 'in' ? unanswered.value : 0;
		document.title = `${count ? `(${count}) ` : ''}${pageTitle()} · ${t('app.name')}`;
		icon.href = 'data:image/svg+xml,' + encodeURIComponent(iconFor(count));
	});
}

// A customer's word rings if it is for me or for nobody yet, and not under my eyes already.
export function noticeEvent(event) {
	const fromCustomer = event.kind === 'message.added' && event.message?.author === 'customer';
	if (!fromCustomer || !sound.peek() || link.peek() !== 'live')
		return;
	const assignee = peekAppeal(event.appeal_id)?.assignee;
	const mine = !assignee || assignee.id === session.peek().me?.id;
	const watched = document.hasFocus() && route.peek().id === event.appeal_id;
	if (mine && !watched)
		playChime();
}
