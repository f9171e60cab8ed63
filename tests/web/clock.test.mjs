// tests/web/clock.test.mjs -- the server's clock is found from Date headers cut to seconds.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createServerClock } from '../../web/src/clock.js';

// Answers of a server whose clock is `aheadMs` ahead, each taking `tripMs`, the Date made half-way.
function learnMany(clock, aheadMs, startMs, count, tripMs = 40) {
	for (let i = 0; i < count; i++) {
		const sentAt = startMs + i * 1337;
		const server = sentAt + tripMs / 2 + aheadMs;
		clock.learn(new Date(Math.floor(server / 1000) * 1000).toUTCString(), sentAt, sentAt + tripMs);
	}
}

test('without a Date header our own clock is used', () => {
	const clock = createServerClock(() => 5_000);
	clock.learn(null, 0, 10);
	clock.learn('rubbish', 0, 10);
	assert.equal(clock.now(), 5_000);
});

test('one answer is good to half a second, many to a tenth', () => {
	const start = 1_800_000_000_123;
	const clock = createServerClock();
	learnMany(clock, 42_000, start, 1);
	assert.ok(Math.abs(clock.offsetMs() - 42_000) <= 540);
	learnMany(clock, 42_000, start + 2_000, 40);
	assert.ok(Math.abs(clock.offsetMs() - 42_000) <= 100, String(clock.offsetMs()));
});

test('a clock that jumped is believed at once', () => {
	const start = 1_800_000_000_000;
	const clock = createServerClock();
	learnMany(clock, 0, start, 20);
	learnMany(clock, 660_000, start + 60_000, 1);
	assert.ok(Math.abs(clock.offsetMs() - 660_000) <= 540);
});

test('who shows times hears of a shift at once, and of no more than shifts', () => {
	const start = 1_800_000_000_123;
	const clock = createServerClock();
	const heard = [];
	clock.onShift(() => heard.push(clock.offsetMs()));
	learnMany(clock, -9_000_000, start, 30);
	assert.equal(heard.length, 1);
	assert.ok(Math.abs(heard[0] + 9_000_000) <= 540, String(heard));
	learnMany(clock, -8_000_000, start + 60_000, 1);
	assert.equal(heard.length, 2);
});
