// tests/web/keys.test.mjs -- keys mean the same in every layout, and never eat what is typed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMPOSER_KEYS, findKey, KEYS } from '../../web/src/keys.js';
import { TEXTS } from '../../web/src/texts.js';

const free = { typing: false, letters: true };
const typing = { typing: true, letters: true };
const idOf = (event, where) => findKey(event, where)?.id;

test('J moves on whichever letter the layout puts there', () => {
	assert.equal(idOf({ code: 'KeyJ', key: 'j' }, free), 'next');
	assert.equal(idOf({ code: 'KeyJ', key: 'о' }, free), 'next');
});

test('letters are text inside an input, Alt keys are not', () => {
	assert.equal(idOf({ code: 'KeyJ', key: 'j' }, typing), undefined);
	assert.equal(idOf({ code: 'KeyE', key: 'e', altKey: true }, typing), 'close');
});

test('letters can be switched off', () => {
	assert.equal(idOf({ code: 'KeyD', key: 'd' }, { typing: false, letters: false }), undefined);
});

test('the browser keeps its own Ctrl keys', () => {
	assert.equal(idOf({ code: 'KeyD', key: 'd', ctrlKey: true }, free), undefined);
	assert.equal(idOf({ code: 'KeyT', key: 't', altKey: true, ctrlKey: true }, free), undefined);
});

test('? opens help in both layouts, / goes to the answer', () => {
	assert.equal(idOf({ code: 'Slash', key: '?', shiftKey: true }, free), 'help');
	assert.equal(idOf({ code: 'Digit7', key: '?', shiftKey: true }, free), 'help');
	assert.equal(idOf({ code: 'Slash', key: '.' }, free), 'reply');
});

test('every key of the help sheet has its words', () => {
	for (const row of [...KEYS, ...COMPOSER_KEYS])
		assert.ok(`key.${row.id}` in TEXTS, row.id);
});
