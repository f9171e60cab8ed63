// tests/web/links.test.mjs -- addresses in a message can be followed, and nothing else can.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitLinks } from '../../web/src/links.js';

const linksIn = (text) => splitLinks(text).filter((part) => part.href).map((part) => part.href);
const joined = (text) => splitLinks(text).map((part) => part.text).join('');

test('a text without addresses is one part, an empty one none', () => {
	assert.deepEqual(splitLinks('Самокат 4711'), [{ text: 'Самокат 4711' }]);
	assert.deepEqual(splitLinks(''), []);
});

test('punctuation of the sentence is not part of the address', () => {
	assert.deepEqual(linksIn('см. https://eco.example/a, https://eco.example/b. (https://eco.example/c)'),
		['https://eco.example/a', 'https://eco.example/b', 'https://eco.example/c']);
	assert.deepEqual(linksIn('https://eco.example/wiki/Scooter_(kick)'), ['https://eco.example/wiki/Scooter_(kick)']);
	assert.deepEqual(linksIn('«https://eco.example/?q=самокат»!'), ['https://eco.example/?q=самокат']);
});

test('only web addresses are followed', () => {
	for (const text of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'https://', 'ecohttp://x'])
		assert.deepEqual(linksIn(text).filter((href) => !href.startsWith('http://x')), [], text);
});

test('no letter is lost or doubled', () => {
	for (const text of ['https://a.example', 'a https://a.example/ b\nhttp://b.example c', '(https://a.example)), https://'])
		assert.equal(joined(text), text);
});
