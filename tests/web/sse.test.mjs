// tests/web/sse.test.mjs -- the event-stream parser, whatever the pieces it is fed with.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSseParser, parseEventId } from '../../web/src/sse.js';

const STREAM = ': hello\nretry: 3000\n\nid: 1-7\nevent: message.added\ndata: {"a":"да"}\n\n: beat\n\n' +
	'event: reset\ndata: {"reason":"epoch"}\n\nid: 1-8\ndata: one\ndata: two\n\n';

const WANTED = [
	['comment', 'hello'],
	['retry', 3000],
	['event', { id: '1-7', event: 'message.added', data: '{"a":"да"}' }],
	['comment', 'beat'],
	['event', { id: undefined, event: 'reset', data: '{"reason":"epoch"}' }],
	['event', { id: '1-8', event: 'message', data: 'one\ntwo' }],
];

function parse(pieces) {
	const seen = [];
	const feed = createSseParser({
		onEvent: (event) => seen.push(['event', event]),
		onComment: (text) => seen.push(['comment', text]),
		onRetry: (ms) => seen.push(['retry', ms]),
	});
	pieces.forEach(feed);
	return seen;
}

test('a whole stream gives its events, comments and retry in order', () => {
	assert.deepEqual(parse([STREAM]), WANTED);
});

test('every way to cut a stream in two gives the same', () => {
	for (let at = 0; at <= STREAM.length; at++)
		assert.deepEqual(parse([STREAM.slice(0, at), STREAM.slice(at)]), WANTED, `cut at ${at}`);
});

test('CRLF and CR end lines too, cut anywhere, character by character', () => {
	for (const end of ['\r\n', '\r'])
		assert.deepEqual(parse([...STREAM.replaceAll('\n', end)]), WANTED, JSON.stringify(end));
});

test('an event without its empty line is not given', () => {
	assert.deepEqual(parse(['id: 1-9\ndata: half\n']), []);
});

test('an empty line without data gives nothing, and forgets the event name', () => {
	assert.deepEqual(parse(['event: x\n\ndata: y\n\n']), [['event', { id: undefined, event: 'message', data: 'y' }]]);
});

test('one leading space of a value is dropped, no more; unknown fields are ignored', () => {
	assert.deepEqual(parse(['data:  two\nfoo: bar\ndata\n\n'])[0][1].data, ' two\n');
});

test('an event id is epoch and number, everything else is none', () => {
	assert.deepEqual(parseEventId('3-128'), { epoch: 3, seq: 128 });
	for (const bad of ['', undefined, '3', '3-', '-3', 'a-b', '3-1-1', ' 3-1'])
		assert.equal(parseEventId(bad), null);
});
