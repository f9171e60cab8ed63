// web/src/keys.js -- the keyboard: one table, read by the dispatcher and by the help sheet.

// Keys are told apart by their place (`code`), so that they work in the Russian layout too.
// when: 'letter' outside of inputs and switchable off; 'always' even inside inputs.
export const KEYS = [
	{ id: 'next', codes: ['KeyJ', 'ArrowDown'], alt: true, when: 'always', show: ['Alt+J', 'Alt+↓'] },
	{ id: 'previous', codes: ['KeyK', 'ArrowUp'], alt: true, when: 'always', show: ['Alt+K', 'Alt+↑'] },
	{ id: 'take', codes: ['KeyT'], alt: true, when: 'always', show: ['Alt+T'] },
	{ id: 'close', codes: ['KeyE'], alt: true, when: 'always', show: ['Alt+E'] },
	{ id: 'leave', codes: ['Escape'], when: 'always', show: ['Esc'] },
	{ id: 'help', chars: ['?'], codes: ['Slash'], shift: true, when: 'letter', show: ['?'] },
	{ id: 'next', codes: ['KeyJ'], when: 'letter', show: ['J'] },
	{ id: 'previous', codes: ['KeyK'], when: 'letter', show: ['K'] },
	{ id: 'reply', codes: ['Slash', 'KeyR'], when: 'letter', show: ['/', 'R'] },
	{ id: 'tabs', codes: ['Digit1', 'Digit2', 'Digit3', 'Digit4'], when: 'letter', show: ['1', '2', '3', '4'] },
	{ id: 'info', codes: ['KeyI'], when: 'letter', show: ['I'] },
	{ id: 'dark', codes: ['KeyD'], when: 'letter', show: ['D'] },
	{ id: 'sound', codes: ['KeyS'], when: 'letter', show: ['S'] },
];

// Only shown: the composer itself answers to these.
export const COMPOSER_KEYS = [
	{ id: 'send', show: ['Enter', 'Ctrl+Enter'] },
	{ id: 'newline', show: ['Shift+Enter'] },
];

function matches(row, event) {
	if (event.ctrlKey || event.metaKey || Boolean(event.altKey) !== Boolean(row.alt))
		return false;
	if (row.chars?.includes(event.key))
		return true;
	return Boolean(event.shiftKey) === Boolean(row.shift) && row.codes.includes(event.code);
}

// The row a key event means, or null. typing: the focus is in an input. letters: single keys are on.
export function findKey(event, { typing, letters }) {
	const usable = (row) => row.when === 'always' || (!typing && letters);
	return KEYS.find((row) => usable(row) && matches(row, event)) ?? null;
}

// What an event's keys write into: letters typed there are text.
export function isTyping(target) {
	return Boolean(target?.closest?.('input, textarea, select, [contenteditable="true"]'));
}
