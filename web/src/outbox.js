// web/src/outbox.js -- answers on their way to the server: in order, repeated safely, never lost.

// An entry is in localStorage from the moment Enter was pressed until the server accepted it. It
// carries one Idempotency-Key for all its attempts, so a repeat after a lost answer, a reload or
// another tab's attempt adds no second message.
import { batch, computed, signal } from '@preact/signals';
import { openAppeal, postMessage } from './api.js';
import { backoffMs } from './backoff.js';
import { putMessage, reloadAppeal } from './chats.js';
import { serverClock } from './clock.js';
import { randomId } from './ids.js';
import { position } from './position.js';
import { session } from './session.js';
import { load, namesUnder, save } from './storage.js';
import { putAppeal } from './store.js';

// {key, appealId, text, at, phase, error, messageId, attempt}
// phase: 'sending' | 'waiting' (no answer, will be repeated) | 'refused' (error says why)
const entries = signal([]);
const pumping = new Set();
const timers = new Map();

const prefix = () => `outbox.${session.peek().me?.id}.`;
const byAge = (a, b) => a.at - b.at;

export const pendingOf = (appealId) =>
	entries.value.filter((entry) => entry.appealId === appealId && !entry.messageId);

export const pendingCount = computed(() => entries.value.filter((entry) => entry.phase !== 'refused').length);

function change(key, changes) {
	entries.value = entries.peek().map((entry) => (entry.key === key ? { ...entry, ...changes } : entry));
}

function remove(key) {
	save(prefix() + key, null);
	entries.value = entries.peek().filter((entry) => entry.key !== key);
}

function keep({ key, appealId, text, at }) {
	save(prefix() + key, { key, appealId, text, at });
}

function refused(entry, error) {
	change(entry.key, { phase: 'refused', error });
	if (error.status === 409)
		reloadAppeal(entry.appealId).catch(() => {});
}

// True: go on with the next entry of this appeal.
async function attempt(entry) {
	const seqBefore = position.seq;
	change(entry.key, { phase: entry.attempt ? 'waiting' : 'sending' });
	try {
		const message = await postMessage(entry.appealId, entry.text, entry.key);
		batch(() => {
			putMessage(message, seqBefore);
			remove(entry.key);
		});
		return true;
	} catch (error) {
		if (!error.passing && error.status !== 401) {
			refused(entry, error);
			return true;
		}
		change(entry.key, { phase: 'waiting', attempt: entry.attempt + 1 });
		if (error.status !== 401)
			retryLater(entry, error);
		return false;
	}
}

function retryLater(entry, error) {
	const ms = Math.max(backoffMs(entry.attempt), (error.retryAfterS ?? 0) * 1000);
	clearTimeout(timers.get(entry.appealId));
	timers.set(entry.appealId, setTimeout(() => pump(entry.appealId), ms));
}

function headOf(appealId) {
	return entries.peek().find((entry) => entry.appealId === appealId && entry.phase !== 'refused');
}

async function pump(appealId) {
	if (pumping.has(appealId))
		return;
	pumping.add(appealId);
	try {
		for (let entry = headOf(appealId); entry; entry = headOf(appealId)) {
			if (session.peek().phase !== 'in' || !(await attempt(entry)))
				return;
		}
	} finally {
		pumping.delete(appealId);
	}
}

export function sendAnswer(appealId, text) {
	const entry = { key: randomId(), appealId, text, at: serverClock.now(), phase: 'sending', attempt: 0 };
	keep(entry);
	entries.value = [...entries.peek(), entry];
	pump(appealId);
}

// After a refusal the server remembers the key's answer: another attempt needs another key.
export function retryRefused(key) {
	const entry = entries.peek().find((known) => known.key === key);
	remove(key);
	sendAnswer(entry.appealId, entry.text);
}

export function discard(key) {
	remove(key);
}

// Our own answer may come back by the event stream before its 201: then it is shown once.
export function claimSent({ kind, actor, message }) {
	if (kind !== 'message.added' || message.author !== 'employee' || actor?.id !== session.peek().me?.id)
		return;
	const entry = entries.peek().find((known) => known.appealId === message.appeal_id &&
		!known.messageId && known.phase !== 'refused' && known.text === message.text);
	if (entry)
		change(entry.key, { messageId: message.id });
}

function stopTimers() {
	for (const timer of timers.values())
		clearTimeout(timer);
	timers.clear();
}

function resumeAll() {
	stopTimers();
	new Set(entries.peek().map((entry) => entry.appealId)).forEach(pump);
}

// Takes up what an earlier page left; runs for the employee who is signed in.
export function startOutbox() {
	const left = namesUnder(prefix()).map((name) => load(name)).filter((entry) => entry?.key);
	entries.value = left.sort(byAge).map((entry) => ({ ...entry, phase: 'waiting', attempt: 0 }));
	window.addEventListener('online', resumeAll);
	resumeAll();
}

export function stopOutbox() {
	window.removeEventListener('online', resumeAll);
	stopTimers();
	entries.value = [];
}

const firstKeys = new Map(); // customer id -> {text, key}: the same words repeat with the same key

// Opens a new appeal with our first message; throws ApiError (409: an open one exists).
export async function writeFirst(customerId, text) {
	const known = firstKeys.get(customerId);
	const key = known?.text === text ? known.key : randomId();
	firstKeys.set(customerId, { text, key });
	try {
		const appeal = await openAppeal(customerId, text, key);
		firstKeys.delete(customerId);
		putAppeal(appeal, position.seq);
		return appeal;
	} catch (error) {
		if (!error.passing)
			firstKeys.delete(customerId);
		throw error;
	}
}
