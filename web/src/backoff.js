// web/src/backoff.js -- how long to wait before trying again; pure.

const FIRST_MS = 500;
const MAX_MS = 20_000;

// Before attempt n (from 0): doubling, with jitter so that all browsers of a restarted server do
// not come back in one instant.
export function backoffMs(attempt, random = Math.random) {
	const full = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
	return Math.round(full * (0.5 + random() / 2));
}
