// tests/web/format.test.mjs -- times, durations and names as people read them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as format from '../../web/src/format.js';

const ZONE = 'Europe/Moscow'; // UTC+3, no summer time
const NOW = Date.UTC(2026, 10, 22, 9, 30); // 12:30 there

test('times are shown in the business zone', () => {
	assert.equal(format.formatTime(NOW, 'ru', ZONE), '12:30');
	assert.equal(format.formatTime(NOW, 'en', ZONE), '12:30');
});

test('an unknown zone falls back to the browser\'s own instead of breaking', () => {
	assert.match(format.formatTime(NOW, 'ru', 'Mars/Olympus'), /^\d\d:\d\d$/);
});

test('days change at midnight of the zone, not of UTC', () => {
	assert.equal(format.dayKey(Date.UTC(2026, 10, 21, 20, 59), ZONE), '2026-11-21');
	assert.equal(format.dayKey(Date.UTC(2026, 10, 21, 21, 0), ZONE), '2026-11-22');
});

test('a day is today, yesterday, a date, or a date with its year', () => {
	const day = (ms) => format.formatDay(ms, NOW, 'ru', ZONE);
	assert.deepEqual(day(NOW), { relative: 'today' });
	assert.deepEqual(day(NOW - 86_400_000), { relative: 'yesterday' });
	assert.equal(day(NOW - 5 * 86_400_000).text, '17 ноября');
	assert.match(day(NOW - 400 * 86_400_000).text, /2025/);
});

test('a row shows the hour of today and the date of other days', () => {
	assert.equal(format.formatShort(NOW - 3_600_000, NOW, 'ru', ZONE), '11:30');
	assert.match(format.formatShort(NOW - 3 * 86_400_000, NOW, 'en', ZONE), /^19 Nov/);
});

test('waiting time grows from minutes to hours to days and is never negative', () => {
	const parts = (ms) => format.waitingParts(NOW - ms, NOW);
	assert.deepEqual(parts(-5_000), { n: 0, unit: 'now' });
	assert.deepEqual(parts(59_999), { n: 0, unit: 'now' });
	assert.deepEqual(parts(60_000), { n: 1, unit: 'minutes' });
	assert.deepEqual(parts(3_599_999), { n: 59, unit: 'minutes' });
	assert.deepEqual(parts(7_200_000), { n: 2, unit: 'hours' });
	assert.deepEqual(parts(86_400_000 * 3), { n: 3, unit: 'days' });
});

test('a wait gets pressing with time', () => {
	const levels = [0, 2, 3, 9, 10, 60].map((minutes) => format.waitingLevel(NOW - minutes * 60_000, NOW));
	assert.deepEqual(levels, ['calm', 'calm', 'long', 'long', 'late', 'late']);
});

test('a countdown shows 00:00 only when it is due', () => {
	assert.equal(format.formatCountdown(600_000), '10:00');
	assert.equal(format.formatCountdown(580_999), '09:41');
	assert.equal(format.formatCountdown(1), '00:01');
	assert.equal(format.formatCountdown(0), '00:00');
	assert.equal(format.formatCountdown(-4_000), '00:00');
	assert.equal(format.formatCountdown(3_723_000), '1:02:03');
});

test('initials are whole letters of the first two words', () => {
	assert.equal(format.initials('Анна Смирнова Петровна'), 'АС');
	assert.equal(format.initials('🛴 ivan'), 'I');
	assert.equal(format.initials('  '), '?');
	assert.equal(format.initials('𝒳 y'), '𝒳Y');
});

test('an excerpt is one line', () => {
	assert.equal(format.excerpt('  раз\n\n два\t три '), 'раз два три');
	assert.equal(format.excerpt(null), '');
});
