// tests/web/resume.test.mjs -- where the event stream starts, and when it is tried again.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { backoffMs } from '../../web/src/backoff.js';
import { beginStreaming, followFrom, hasGap, moveTo, position, resetPosition } from '../../web/src/position.js';

beforeEach(resetPosition);

test('the stream starts at the oldest of what was loaded before it', () => {
	followFrom(1, 60);
	followFrom(1, 50);
	followFrom(1, 70);
	assert.equal(position.seq, 50);
});

test('once the stream runs, only events move the position', () => {
	followFrom(1, 50);
	beginStreaming();
	moveTo(1, 51);
	followFrom(1, 10);
	assert.deepEqual([position.epoch, position.seq], [1, 51]);
});

test('a page of another epoch starts the count anew', () => {
	followFrom(1, 50);
	followFrom(2, 90);
	assert.deepEqual([position.epoch, position.seq], [2, 90]);
});

test('a page read before the stream began and come after it has a gap', () => {
	followFrom(1, 50);
	assert.equal(hasGap(1, 40), false);
	beginStreaming();
	moveTo(1, 80);
	assert.equal(hasGap(1, 49), true);
	assert.equal(hasGap(1, 50), false);
	assert.equal(hasGap(2, 99), true);
});

test('pauses double up to twenty seconds, each somewhere in its upper half', () => {
	assert.deepEqual([0, 1, 2, 3, 6, 60].map((n) => backoffMs(n, () => 1)), [500, 1000, 2000, 4000, 20_000, 20_000]);
	assert.equal(backoffMs(0, () => 0), 250);
});
