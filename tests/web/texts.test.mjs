// tests/web/texts.test.mjs -- both languages are whole, plurals are right, every used key exists.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { checkTexts, findTextFaults, formatText, pluralForm, TEXTS } from '../../web/src/texts.js';

const SRC = new URL('../../web/src/', import.meta.url);

test('the table has no faults', () => {
	assert.deepEqual(findTextFaults(), []);
	checkTexts();
});

test('a missing language, an empty text, a missing form and unequal placeholders are faults', () => {
	const faults = findTextFaults({
		a: { ru: 'а' },
		b: { ru: ' ', en: 'b' },
		c: { ru: { one: '{n}', few: '{n}' }, en: { one: '{n}', other: '{n}' } },
		d: { ru: '{name}', en: 'nobody' },
	});
	assert.equal(faults.length, 4);
	assert.match(faults[0], /^a: en is missing/);
	assert.match(faults[1], /^b: ru is empty/);
	assert.match(faults[2], /^c: ru needs the forms/);
	assert.match(faults[3], /^d: the languages fill different/);
});

test('Russian plural forms follow the last digits', () => {
	const forms = { one: [1, 21, 101, 1001], few: [2, 3, 4, 22, 34, 102], many: [0, 5, 11, 12, 13, 14, 20, 25, 111, 112] };
	for (const [form, numbers] of Object.entries(forms))
		for (const n of numbers)
			assert.equal(pluralForm('ru', n), form, String(n));
});

test('English has one and other', () => {
	assert.deepEqual([0, 1, 2, 21].map((n) => pluralForm('en', n)), ['other', 'one', 'other', 'other']);
});

test('a text is filled from its parameters, in the right form', () => {
	assert.equal(formatText('ru', 'count.appeals', { n: 3 }), '3 обращения');
	assert.equal(formatText('en', 'count.appeals', { n: 1 }), '1 appeal');
	assert.equal(formatText('ru', 'event.taken', { name: 'Анна' }), 'В работе у оператора Анна');
});

test('a parameter cannot bring in a placeholder of its own', () => {
	assert.equal(formatText('en', 'delivery.failed', { reason: '{reason}' }), 'Not delivered: {reason}');
});

test('an unknown key is our mistake and throws', () => {
	assert.throws(() => formatText('ru', 'no.such.key'));
});

function sources(folder) {
	return readdirSync(new URL(folder, SRC), { withFileTypes: true }).flatMap((entry) =>
		entry.isDirectory() ? sources(`${folder}${entry.name}/`) : [new URL(folder + entry.name, SRC)]);
}

test('every key the code asks for exists, and every key is asked for', () => {
	const code = sources('./').filter((url) => url.pathname.endsWith('.js') && !url.pathname.endsWith('texts.js'))
		.map((url) => readFileSync(url, 'utf8')).join('\n');
	const literal = new Set([...code.matchAll(/'([a-z]+(?:[.-][a-z_-]+)+)'/g)].map((match) => match[1]));
	const stems = [...code.matchAll(/`([a-z]+\.(?:[a-z-]+\.)*)\$\{/g)].map((match) => match[1]);
	const asked = [...code.matchAll(/\bt\('([^']+)'/g)].map((match) => match[1]);
	for (const key of asked)
		assert.ok(key in TEXTS, `t('${key}') has no text`);
	for (const key of Object.keys(TEXTS))
		assert.ok(literal.has(key) || stems.some((stem) => key.startsWith(stem)), `${key} is never used`);
});
