// web/src/live.js -- the stream of live updates: connect, resume exactly, notice silence, say so.

import { batch, signal } from '@preact/signals';
import { openEvents } from './api.js';
import { backoffMs } from './backoff.js';
import { beginStreaming, moveTo, position } from './position.js';
import { createSseParser, parseEventId } from './sse.js';

const SILENCE_MS = 25_000; // the server beats every 10 s
const QUIET_MS = 2_000;
const STEADY_MS = 5_000;

// 'offline': what is on screen may be old. 'catching-up': connected, and older than the server's
// newest event when we connected. 'live': everything up to then was applied, and beats come.
export const link = signal('offline');

let running = null;

function makeRun(hooks) {
	return {
		hooks,
		stopped: false,
		reset: false, // everything must be loaded anew
		attempt: 0, // failures in a row
		abort: null, // of the connection being made or read
		wake: null, // ends the pause before the next attempt
		lastByteAt: 0,
		target: 0, // the newest event when we connected
		quietTimer: 0,
	};
}

function pause(run, ms) {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, ms);
		run.wake = () => { clearTimeout(timer); resolve(); };
	}).finally(() => { run.wake = null; });
}

// The server sends beats only after everything it had; so do events no kind of ours stands for.
function caughtUp(run) {
	clearTimeout(run.quietTimer);
	if (!run.stopped && run.abort && link.value === 'catching-up')
		link.value = 'live';
}

function startAnew(run) {
	run.reset = true;
	run.abort.abort();
}

function takeEvent(run, { id, event, data }) {
	const at = parseEventId(id);
	if (event === 'reset' || !at || run.reset)
		return event === 'reset' ? startAnew(run) : undefined;
	try {
		run.hooks.apply(JSON.parse(data));
	} catch (error) {
		console.error('an event could not be applied, loading anew', error);
		return startAnew(run);
	}
	moveTo(at.epoch, at.seq);
	if (at.seq >= run.target)
		caughtUp(run);
}

function feedFor(run) {
	return createSseParser({
		onEvent: (event) => takeEvent(run, event),
		onComment: (text) => { if (text.startsWith('beat')) caughtUp(run); },
	});
}

async function read(run, response) {
	const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
	const feed = feedFor(run);
	for (;;) {
		const { done, value } = await reader.read();
		if (done)
			return;
		run.lastByteAt = Date.now();
		clearTimeout(run.quietTimer);
		batch(() => feed(value));
		if (link.value === 'catching-up')
			run.quietTimer = setTimeout(() => caughtUp(run), QUIET_MS);
	}
}

// A stream that falls silent is cut; a sleeping machine wakes with all timers late, so the time of
// the last byte is what counts.
function watchSilence(run) {
	const check = () => {
		if (Date.now() - run.lastByteAt > SILENCE_MS)
			run.abort?.abort();
	};
	const timer = setInterval(check, 1000);
	return () => clearInterval(timer);
}

async function open(run) {
	const head = await run.hooks.prepare();
	run.target = head.seq;
	const response = await openEvents(`${position.epoch}-${position.seq}`, run.abort.signal);
	if (!response.ok)
		throw new Error(`events answered ${response.status}`);
	beginStreaming();
	run.lastByteAt = Date.now();
	link.value = 'catching-up';
	if (position.seq >= run.target)
		caughtUp(run);
	return response;
}

// 'ended': the server closed a stream that had stood (its token ran out), 'broken', or 'refused'.
async function connectOnce(run) {
	let openedAt = Infinity;
	run.abort = new AbortController();
	run.lastByteAt = Date.now();
	const unwatch = watchSilence(run);
	try {
		const response = await open(run);
		openedAt = Date.now();
		await read(run, response);
		return Date.now() - openedAt >= STEADY_MS ? 'ended' : 'broken';
	} catch (error) {
		return error.status === 401 ? 'refused' : 'broken';
	} finally {
		unwatch();
		clearTimeout(run.quietTimer);
		run.abort = null;
		if (Date.now() - openedAt >= STEADY_MS)
			run.attempt = 0;
	}
}

async function loop(run) {
	while (!run.stopped) {
		const outcome = await connectOnce(run);
		if (run.stopped || outcome === 'refused')
			return;
		link.value = outcome === 'ended' || run.reset ? 'catching-up' : 'offline';
		if (run.reset)
			run.hooks.reset();
		run.reset = false;
		await pause(run, backoffMs(run.attempt++));
	}
}

// hooks.prepare(): makes sure `position` is set (loading what the screen shows) and resolves to
// {seq}, the newest event now. hooks.apply(event): one event. hooks.reset(): forget everything.
export function startLive(hooks) {
	stopLive();
	const run = makeRun(hooks);
	running = run;
	loop(run);
}

export function stopLive() {
	if (!running)
		return;
	running.stopped = true;
	running.abort?.abort();
	running.wake?.();
	running = null;
	link.value = 'offline';
}

function onOffline() {
	running?.abort?.abort();
	link.value = 'offline';
}

// Networks and sleeping laptops come back: look at once instead of waiting out a pause.
function onWake() {
	if (!running || document.hidden)
		return;
	if (running.abort && Date.now() - running.lastByteAt > SILENCE_MS)
		running.abort.abort();
	running.wake?.();
}

export function watchNetwork() {
	window.addEventListener('offline', onOffline);
	window.addEventListener('online', onWake);
	document.addEventListener('visibilitychange', onWake);
}
