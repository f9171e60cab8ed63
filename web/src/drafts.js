// web/src/drafts.js -- the unsent text of each appeal, kept in this browser per employee.

import { signal } from '@preact/signals';
import { session } from './session.js';
import { load, namesUnder, save, watchUnder } from './storage.js';

// slot -> text. A slot is an appeal's id, or "first-<customer id>" for writing first.
const drafts = signal({});
let unwatch = () => {};

const prefix = () => `draft.${session.peek().me?.id}.`;

function put(slot, text) {
	const next = { ...drafts.peek(), [slot]: text };
	if (!text)
		delete next[slot];
	drafts.value = next;
}

export const draftOf = (slot) => drafts.value[slot] ?? '';
export const peekDraft = (slot) => drafts.peek()[slot] ?? '';

export function saveDraft(slot, text) {
	const kept = text.trim() === '' ? null : text;
	put(slot, kept);
	save(prefix() + slot, kept);
}

// Loads the drafts of whoever is signed in, and follows what their other tabs write.
export function startDrafts() {
	const under = prefix();
	drafts.value = Object.fromEntries(namesUnder(under).map((name) => [name.slice(under.length), load(name, '')]));
	unwatch();
	unwatch = watchUnder(under, (slot, text) => put(slot, text));
}

export function stopDrafts() {
	unwatch();
	drafts.value = {};
}
