// web/src/desk.js -- one signed-in sitting: loads what is needed, applies events, forgets at the end.

import { batch, computed, effect, untracked } from '@preact/signals';
import { getAppeals } from './api.js';
import { addNote, chatOf, clearChats, dropChat, loadChat, noteReturnToQueue, putMessage, reloadAppeal } from './chats.js';
import { startDrafts, stopDrafts } from './drafts.js';
import { lists, loadFirst, resetLists, serverCounts } from './lists.js';
import { startLive, stopLive } from './live.js';
import { noticeEvent } from './notify.js';
import { claimSent, startOutbox, stopOutbox } from './outbox.js';
import { followFrom, position, resetPosition } from './position.js';
import { startReads } from './reads.js';
import { route } from './router.js';
import { can, session } from './session.js';
import { clearAppeals, dropAppeal, peekAppeal, putAppeal, putCustomer } from './store.js';
import { tab } from './tabs.js';

const RECOUNT_MS = 1_500;
let recountTimer = 0;

// The lists whose numbers are always on screen, and the open one.
const wantedLists = () => [...new Set(['mine', 'queue', tab.peek()])];

function openAppealId() {
	return route.peek().name === 'appeal' ? route.peek().id : null;
}

async function takeHead() {
	const head = await getAppeals({ state: 'new', limit: 1 });
	serverCounts.value = head.counts ?? serverCounts.value;
	return { epoch: head.epoch, seq: head.as_of_seq };
}

// Once per RECOUNT_MS at most, and always some time after the last change.
function recountSoon() {
	recountTimer ||= setTimeout(() => {
		recountTimer = 0;
		takeHead().catch(() => {});
	}, RECOUNT_MS);
}

// The open conversation and list see that they are idle and load themselves again.
function forget() {
	batch(() => {
		resetPosition();
		resetLists();
		clearAppeals();
		clearChats();
	});
}

// Before each connection: everything on screen is loaded, and where the stream must start is known.
async function prepare() {
	const head = await takeHead();
	if (position.epoch !== null && head.epoch !== position.epoch)
		forget();
	const id = openAppealId();
	const missing = wantedLists().filter((name) => !['ready', 'loading'].includes(lists[name].phase.peek()));
	await Promise.all(missing.map(loadFirst));
	if (id && chatOf(id).phase.peek() === 'idle')
		await loadChat(id);
	followFrom(head.epoch, head.seq);
	return head;
}

function noteOf(event) {
	const { kind, at, seq } = event;
	return kind === 'appeal.closing' || kind === 'appeal.returned' ? { kind: kind.split('.')[1], at, seq } : null;
}

function applyDeleted(event) {
	dropAppeal(event.appeal_id);
	dropChat(event.appeal_id);
}

function applyCustomer(event) {
	if (event.appeal)
		return putCustomer(event.appeal.customer);
	const id = openAppealId();
	if (id)
		reloadAppeal(id).then((appeal) => putCustomer(appeal.customer)).catch(() => {});
}

function applyEvent(event) {
	const before = peekAppeal(event.appeal_id);
	if (event.kind === 'appeal.deleted')
		applyDeleted(event);
	else if (event.appeal && putAppeal(event.appeal, event.seq))
		noteReturnToQueue(before, event.appeal, event.at);
	if (event.kind === 'customer.updated')
		applyCustomer(event);
	const note = noteOf(event);
	if (note)
		addNote(event.appeal_id, note);
	if (event.message) {
		claimSent(event);
		putMessage(event.message, event.seq);
	}
	if (event.kind.startsWith('appeal.') || before?.state !== event.appeal?.state)
		recountSoon();
	noticeEvent(event);
}

function start() {
	forget();
	startReads();
	startDrafts();
	startOutbox();
	startLive({ prepare, apply: applyEvent, reset: forget });
}

function stop() {
	stopLive();
	stopOutbox();
	stopDrafts();
	clearTimeout(recountTimer);
	recountTimer = 0;
	forget();
	serverCounts.value = null;
}

const sitting = computed(() => (session.value.phase === 'in' && can('appeals:read') ? session.value.me.id : null));

// A sitting begins when somebody signs in, before anything is drawn for them.
export function watchSession() {
	effect(() => {
		if (sitting.value === null)
			return undefined;
		untracked(start);
		return () => untracked(stop);
	});
}
