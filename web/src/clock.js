// web/src/clock.js -- how far the server's clock is ahead of ours, learned from Date headers.

// A Date header says the server's time cut to whole seconds. Between sending at `sentAt` and
// receiving at `receivedAt` (our clock) the server's time was in [date, date + 1000), so the offset
// lies in [date - receivedAt, date + 1000 - sentAt]. Overlapping answers narrow that window; an
// answer that contradicts it (a clock was set, the machine slept) starts it anew.
const SHIFT_MS = 1000; // a change of the offset that a person would see

export function createServerClock(localNow = Date.now) {
	let low = -Infinity;
	let high = Infinity;
	let shifted = () => {};

	return {
		learn(dateHeader, sentAt, receivedAt) {
			const date = Date.parse(dateHeader ?? '');
			if (Number.isNaN(date))
				return;
			const before = this.offsetMs();
			const from = date - receivedAt;
			const to = date + 1000 - sentAt;
			const overlaps = from <= high && to >= low;
			low = overlaps ? Math.max(low, from) : from;
			high = overlaps ? Math.min(high, to) : to;
			if (Math.abs(this.offsetMs() - before) >= SHIFT_MS)
				shifted();
		},
		// listener: called whenever the time shown so far turns out to be wrong.
		onShift(listener) {
			shifted = listener;
		},
		offsetMs() {
			return Number.isFinite(low) ? Math.round((low + high) / 2) : 0;
		},
		now() {
			return localNow() + this.offsetMs();
		},
	};
}

export const serverClock = createServerClock();
