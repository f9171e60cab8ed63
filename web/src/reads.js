// web/src/reads.js -- up to which message this browser's person has read each appeal.

import { signal } from '@preact/signals';
import { session } from './session.js';
import { load, save, watch } from './storage.js';

const KEPT_MAX = 1000;
const seen = signal({});
let unwatch = null;

const name = () => `read.${session.peek().me?.id}`;

export function startReads() {
	seen.value = load(name(), {});
	unwatch?.();
	unwatch = watch(name(), (value) => { seen.value = value ?? {}; });
}

export function markRead(appeal) {
	const last = appeal.last_message?.id ?? 0;
	if (last <= (seen.peek()[appeal.id] ?? 0))
		return;
	const entries = Object.entries({ ...load(name(), {}), [appeal.id]: last });
	entries.sort((a, b) => b[1] - a[1]);
	seen.value = Object.fromEntries(entries.slice(0, KEPT_MAX));
	save(name(), seen.value);
}

// Unread: the customer spoke last, nobody answered yet, and we have not looked at it.
export function isUnread(appeal) {
	const last = appeal.last_message;
	return appeal.waiting_since !== null && last?.author === 'customer' &&
		last.id > (seen.value[appeal.id] ?? 0);
}
