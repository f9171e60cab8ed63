// web/src/actions.js -- what an operator does to an appeal; each shows its failure and the truth.

import { signal } from '@preact/signals';
import * as api from './api.js';
import { dropChat, noteReturnToQueue, putMessage, reloadAppeal } from './chats.js';
import { serverClock } from './clock.js';
import { t } from './i18n.js';
import { position } from './position.js';
import { goInbox } from './router.js';
import { can, session } from './session.js';
import { dropAppeal, peekAppeal, putAppeal } from './store.js';
import { toast, toastError } from './toasts.js';

// `${appeal id}:${action}` of what is on its way; its buttons wait.
export const busy = signal(new Set());

export const isBusy = (id) => [...busy.value].some((name) => name.startsWith(`${id}:`));

export const isMine = (appeal) => appeal.assignee !== null && appeal.assignee.id === session.value.me?.id;

// Which actions an appeal offers to us now; the server has the last word.
export function offers(appeal) {
	const write = can('appeals:write');
	const mine = isMine(appeal);
	return {
		take: write && appeal.state === 'new',
		close: write && mine && appeal.state === 'in_work',
		resume: write && mine && appeal.state === 'closing',
		toQueue: write && mine && appeal.state === 'in_work',
		delete: can('appeals:delete'),
		answer: write && (appeal.state === 'new' || (mine && appeal.state !== 'closed')),
		subject: write,
		sendAgain: write && (mine || appeal.state === 'new'),
		takeOver: write && !mine && appeal.state === 'in_work',
		writeFirst: write && appeal.state === 'closed',
	};
}

function setBusy(name, on) {
	const next = new Set(busy.value);
	next[on ? 'add' : 'delete'](name);
	busy.value = next;
}

async function act(id, action, work) {
	const name = `${id}:${action}`;
	if (busy.peek().has(name))
		return false;
	setBusy(name, true);
	try {
		const seqBefore = position.seq;
		const before = peekAppeal(id);
		const appeal = await work();
		if (appeal && putAppeal(appeal, seqBefore))
			noteReturnToQueue(before, appeal, serverClock.now());
		return true;
	} catch (error) {
		toastError(error);
		if (error.status === 409 || error.status === 404)
			reloadAppeal(id).catch(() => {});
		return false;
	} finally {
		setBusy(name, false);
	}
}

export const take = (id) => act(id, 'take', () => api.takeAppeal(id));
export const resume = take; // taking what is closing calls the closing off
export const close = (id) => act(id, 'close', () => api.closeAppeal(id));
export const toQueue = (id) => act(id, 'to-queue', () => api.patchAppeal(id, { assignee_id: null }));
export const takeOver = (id) => act(id, 'take-over', () => api.patchAppeal(id, { assignee_id: session.value.me.id }));
export const setSubject = (id, subject) =>
	act(id, 'subject', () => api.patchAppeal(id, { subject: subject.trim() || null }));

export async function remove(appeal) {
	const done = await act(appeal.id, 'delete', () => api.deleteAppeal(appeal.id));
	if (!done)
		return;
	dropAppeal(appeal.id);
	dropChat(appeal.id);
	goInbox();
	toast('info', t('deleted.done', { number: appeal.number }));
}

export const sendAgain = (message) => act(message.appeal_id, `again-${message.id}`, async () => {
	const seqBefore = position.seq;
	putMessage(await api.sendAgain(message.appeal_id, message.id), seqBefore);
});
