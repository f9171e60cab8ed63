// web/src/row-window.js -- which rows of a long list are worth drawing, and how it stays still; pure.

const AROUND = 10; // rows drawn beyond each edge of the screen
const STEP = 8; // the window moves by so many, not with every pixel

// All rows are rowPx high. Returns {from, to}: the rows to draw, `to` not included.
export function windowOf({ scrollTop, height, rowPx, count }) {
	const first = Math.floor(scrollTop / rowPx) - AROUND;
	const last = Math.ceil((scrollTop + height) / rowPx) + AROUND;
	const from = Math.min(Math.max(0, Math.floor(first / STEP) * STEP), Math.max(0, count - 1));
	return { from, to: Math.min(count, Math.ceil(last / STEP) * STEP) };
}

// By how many rows the list must scroll so that what is on screen (`seen`: ids in the order they
// stood from row `at` on) stays where it was. Rows that moved elsewhere are outvoted by the others.
export function shiftOf(seen, at, ids) {
	const places = new Map(ids.map((id, i) => [id, i]));
	const shifts = seen.map((id, i) => places.get(id) - (at + i)).filter((shift) => !Number.isNaN(shift));
	shifts.sort((a, b) => a - b);
	return shifts[Math.floor(shifts.length / 2)] ?? 0;
}

// The scroll position nearest to `scrollTop` at which row `at` is whole on screen.
export function reveal({ scrollTop, height, rowPx, at }) {
	return Math.max(Math.min(scrollTop, at * rowPx), (at + 1) * rowPx - height);
}
