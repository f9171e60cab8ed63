// tests/web/timeline.test.mjs -- a conversation becomes days, marks and grouped messages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildTimeline } from '../../web/src/timeline.js';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const dayOf = (ms) => String(Math.floor(ms / DAY));
const message = (id, created_at, author = 'customer', author_name = null) => ({ id, created_at, author, author_name });
const fresh = { opened_at: 100, taken_at: null, assignee: null, closed_at: null, closed_by: null };

function build(changes) {
	return buildTimeline({ appeal: fresh, messages: [], notes: [], complete: true, dayOf, ...changes });
}

const shape = (items) => items.map((item) => (item.type === 'mark' ? item.mark.kind : item.type === 'day' ? 'day' : item.message.id));

test('the opening mark stands before the first message', () => {
	assert.deepEqual(shape(build({ messages: [message(1, 100)] })), ['day', 'opened', 1]);
});

// Telegram dates are cut to seconds: the first message is older than the appeal it opened.
test('the opening mark stands first even when the first message has an earlier date', () => {
	const appeal = { ...fresh, opened_at: 1_734 };
	assert.deepEqual(shape(build({ appeal, messages: [message(1, 1_000), message(2, 1_740, 'bot')] })), ['day', 'opened', 1, 2]);
});

test('a chat begun in the last second of a day has one beginning', () => {
	const appeal = { ...fresh, opened_at: DAY + 10 };
	assert.deepEqual(shape(build({ appeal, messages: [message(1, DAY - 1_000)] })), ['day', 'opened', 1]);
});

test('what happened stands above the bot message that it made, a return below the message that made it', () => {
	const appeal = { ...fresh, taken_at: 500, assignee: { id: 1, name: 'Анна' }, closed_at: 900, closed_by: 'customer' };
	const messages = [message(1, 100), message(2, 500, 'bot'), message(3, 700, 'bot'), message(4, 800), message(5, 900, 'bot')];
	const notes = [{ kind: 'closing', at: 700, seq: 7 }, { kind: 'returned', at: 800, seq: 8 }];
	assert.deepEqual(shape(build({ appeal, messages, notes })),
		['day', 'opened', 1, 'taken', 2, 'closing', 3, 4, 'returned', 'closed', 5]);
});

test('each day is announced once', () => {
	const items = build({ messages: [message(1, 200), message(2, 300), message(3, DAY + 5)] });
	assert.deepEqual(shape(items), ['day', 'opened', 1, 2, 'day', 3]);
});

test('messages of one author within five minutes are one group', () => {
	const items = build({ messages: [message(1, 200), message(2, 300), message(3, 6 * MINUTE), message(4, 6 * MINUTE, 'bot')] })
		.filter((item) => item.type === 'message');
	assert.deepEqual(items.map((item) => item.grouped), [false, true, false, false]);
	assert.deepEqual(items.map((item) => item.last), [false, true, true, true]);
});

test('a mark between two messages ends the group', () => {
	const items = build({ messages: [message(1, 200), message(2, 400)], notes: [{ kind: 'closing', at: 300, seq: 9 }] });
	assert.deepEqual(shape(items), ['day', 'opened', 1, 'closing', 2]);
	assert.equal(items.at(-1).grouped, false);
});

test('marks older than the loaded part are left out until the beginning is loaded', () => {
	const appeal = { ...fresh, taken_at: 150, assignee: { id: 1, name: 'Анна' } };
	assert.deepEqual(shape(build({ appeal, messages: [message(5, 900)], complete: false })), ['day', 5]);
	assert.deepEqual(shape(build({ appeal, messages: [message(5, 900)] })), ['day', 'opened', 'taken', 5]);
});

test('messages keep the server\'s order even if their times disagree', () => {
	assert.deepEqual(shape(build({ messages: [message(1, 500), message(2, 400)] })).slice(-2), [1, 2]);
});
