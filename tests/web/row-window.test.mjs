// tests/web/row-window.test.mjs -- a list of ten thousand rows draws a few dozen, and does not jump.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reveal, shiftOf, windowOf } from '../../web/src/row-window.js';

const rowPx = 60;
const height = 800;
const look = (scrollTop, count = 10_000) => windowOf({ scrollTop, height, rowPx, count });

test('whatever is on screen is drawn, and not much more', () => {
	for (let scrollTop = 0; scrollTop <= 10_000 * rowPx - height; scrollTop += 997) {
		const { from, to } = look(scrollTop);
		assert.ok(from * rowPx <= scrollTop && to * rowPx >= Math.min(scrollTop + height, 10_000 * rowPx), String(scrollTop));
		assert.ok(to - from <= 60, String(to - from));
	}
});

test('a short list is drawn whole, an empty one is empty', () => {
	assert.deepEqual(look(0, 7), { from: 0, to: 7 });
	assert.deepEqual(look(0, 0), { from: 0, to: 0 });
});

test('a list that shrank under the screen still draws its end', () => {
	const { from, to } = look(9_000, 20);
	assert.ok(from < to && to === 20);
});

test('rows that come in above scroll the list by as much', () => {
	assert.equal(shiftOf([5, 6, 7], 4, [1, 2, 3, 4, 5, 6, 7]), 0);
	assert.equal(shiftOf([5, 6, 7], 4, [9, 8, 1, 2, 3, 4, 5, 6, 7]), 2);
	assert.equal(shiftOf([5, 6, 7], 4, [2, 3, 4, 5, 6, 7]), -1);
});

test('a row that leaves for the top does not take the screen with it', () => {
	assert.equal(shiftOf([5, 6, 7, 8], 4, [5, 1, 2, 3, 4, 6, 7, 8]), 0);
	assert.equal(shiftOf([5], 4, [1, 2]), 0);
});

test('a row is brought on screen by the shortest way, and not moved when it is there', () => {
	assert.equal(reveal({ scrollTop: 600, height, rowPx, at: 12 }), 600);
	assert.equal(reveal({ scrollTop: 600, height, rowPx, at: 3 }), 180);
	assert.equal(reveal({ scrollTop: 0, height, rowPx, at: 99 }), 100 * rowPx - height);
});
