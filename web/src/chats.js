// web/src/chats.js -- the conversations opened in this tab, kept current by events.

import { batch, signal } from '@preact/signals';
import { getAppeal, getMessages } from './api.js';
import { followFrom, hasGap, position } from './position.js';
import { putAppeal } from './store.js';

const PAGE = 50;
const CHATS_MAX = 20;
const NOTES_MAX = 200;

const chats = new Map(); // appeal id -> chat, the one used last at the end

function makeChat(id) {
	return {
		id,
		phase: signal('idle'), // 'idle' | 'loading' | 'ready' | 'failed' | 'missing'
		messages: signal([]), // oldest first
		cursor: signal(null), // leads to older ones; null: the beginning is here
		older: signal('idle'), // 'idle' | 'loading' | 'failed'
		notes: signal([]), // what happened while we watched: {kind, at, seq, name}
		seqs: new Map(), // message id -> the event number it is good for
	};
}

function trim(keep) {
	for (const id of chats.keys()) {
		if (chats.size <= CHATS_MAX)
			return;
		if (id !== keep)
			chats.delete(id);
	}
}

export function chatOf(id) {
	const chat = chats.get(id) ?? makeChat(id);
	chats.delete(id);
	chats.set(id, chat);
	trim(id);
	return chat;
}

function merge(chat, incoming, seq) {
	const messages = new Map(chat.messages.peek().map((message) => [message.id, message]));
	for (const message of incoming) {
		if (seq < (chat.seqs.get(message.id) ?? -1))
			continue;
		chat.seqs.set(message.id, seq);
		messages.set(message.id, message);
	}
	chat.messages.value = Array.from(messages.values()).sort((a, b) => a.id - b.id);
}

// Only conversations that were opened are kept; others load whole when they are.
export function putMessage(message, seq) {
	const chat = chats.get(message.appeal_id);
	if (chat)
		merge(chat, [message], seq);
}

export function addNote(appealId, note) {
	const chat = chats.get(appealId);
	if (chat && !chat.notes.peek().some((known) => known.seq === note.seq))
		chat.notes.value = [...chat.notes.peek(), note].slice(-NOTES_MAX);
}

// Going back to the queue has no event kind of its own: whoever sees the state change notes it.
export function noteReturnToQueue(before, after, at) {
	if (before && before.state !== 'new' && after.state === 'new')
		addNote(after.id, { kind: 'queued', at, seq: `q${at}` });
}

async function loadPage(chat, cursor) {
	const seqBefore = position.seq;
	const ask = () => getMessages(chat.id, { cursor, limit: PAGE });
	let page = await ask();
	if (hasGap(page.epoch, page.as_of_seq))
		page = await ask();
	followFrom(page.epoch, page.as_of_seq);
	batch(() => {
		merge(chat, page.items, page.as_of_seq ?? seqBefore);
		chat.cursor.value = page.next_cursor;
	});
}

export async function reloadAppeal(id) {
	const seqBefore = position.seq;
	const appeal = await getAppeal(id);
	putAppeal(appeal, seqBefore);
	return appeal;
}

// Loads the appeal and its newest messages; the outcome is in chat.phase.
export async function loadChat(id) {
	const chat = chatOf(id);
	if (chat.phase.peek() === 'loading')
		return;
	chat.phase.value = 'loading';
	try {
		await Promise.all([reloadAppeal(id), loadPage(chat, undefined)]);
		chat.phase.value = 'ready';
	} catch (error) {
		chat.phase.value = error.status === 404 ? 'missing' : 'failed';
	}
}

export async function loadOlder(id) {
	const chat = chatOf(id);
	if (!chat.cursor.peek() || chat.older.peek() === 'loading')
		return;
	chat.older.value = 'loading';
	try {
		await loadPage(chat, chat.cursor.peek());
		chat.older.value = 'idle';
	} catch {
		chat.older.value = 'failed';
	}
}

export function dropChat(id) {
	const chat = chats.get(id);
	if (!chat)
		return;
	chat.messages.value = [];
	chat.phase.value = 'missing';
}

// After a reset nothing kept is trusted; the open conversation loads anew.
export function clearChats() {
	for (const chat of chats.values()) {
		chat.seqs.clear();
		batch(() => {
			chat.messages.value = [];
			chat.notes.value = [];
			chat.cursor.value = null;
			chat.phase.value = 'idle';
		});
	}
}
