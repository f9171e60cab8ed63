// web/src/ticker.js -- the server's time as signals, for countdowns and waiting times.

import { signal } from '@preact/signals';
import { serverClock } from './clock.js';

// second: moves every second (countdowns); slow: every ten seconds (waiting times).
export const second = signal(serverClock.now());
export const slow = signal(second.value);

const SLOW_MS = 10_000;

function tick() {
	second.value = serverClock.now();
	if (Math.abs(second.value - slow.value) >= SLOW_MS)
		slow.value = second.value;
}

export function startTicker() {
	serverClock.onShift(tick);
	setInterval(tick, 1000);
	document.addEventListener('visibilitychange', tick);
}
