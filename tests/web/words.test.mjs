// tests/web/words.test.mjs -- what others send us, put into pages and words: paths, reasons, kinds of message.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentOf } from '../../web/src/contents.js';
import { reasonText } from '../../web/src/reasons.js';
import { parseRoute } from '../../web/src/routes.js';
import { TEXTS } from '../../web/src/texts.js';

test('paths mean pages', () => {
	assert.deepEqual(parseRoute('/'), { name: 'inbox' });
	assert.deepEqual(parseRoute('/appeals'), { name: 'inbox' });
	assert.deepEqual(parseRoute('/appeals/17'), { name: 'appeal', id: 17 });
	for (const path of ['/appeals/0', '/appeals/x', '/appeals/1/2', '/nowhere'])
		assert.equal(parseRoute(path).name, 'missing', path);
});

test('what cannot be shown is named, with its caption', () => {
	assert.deepEqual(contentOf('[photo] смотрите\nтут'), { kind: 'photo', caption: 'смотрите\nтут' });
	assert.deepEqual(contentOf('[sticker]'), { kind: 'sticker', caption: '' });
	assert.deepEqual(contentOf('[boost_added]'), { kind: 'other', caption: '' });
	assert.deepEqual(contentOf('just words'), { kind: 'other', caption: 'just words' });
	assert.ok('content.video_note' in TEXTS);
});

test('Telegram\'s refusals are said in words, unknown ones are quoted', () => {
	assert.equal(reasonText('Forbidden: bot was blocked by the user').key, 'reason.blocked');
	assert.equal(reasonText('Forbidden: user is deactivated').key, 'reason.deactivated');
	assert.equal(reasonText('the customer is unreachable').key, 'reason.unreachable');
	assert.equal(reasonText('Bad Request: chat not found').key, 'reason.no-chat');
	assert.deepEqual(reasonText('Bad Request: odd'), { key: 'reason.other', params: { reason: 'Bad Request: odd' } });
	assert.equal(reasonText(null).key, 'reason.none');
});
