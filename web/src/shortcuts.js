// web/src/shortcuts.js -- what each key of keys.js does.

import { close, offers, take } from './actions.js';
import { findKey, isTyping } from './keys.js';
import { TABS } from './lists.js';
import { letters, toggleSound, toggleTheme } from './prefs.js';
import { goInbox, route } from './router.js';
import { drawer, helpOpen, toggleInfo } from './screen.js';
import { session } from './session.js';
import { peekAppeal } from './store.js';
import { showTab, walk } from './tabs.js';

function actOnOpen(offer, action) {
	const appeal = route.value.name === 'appeal' ? peekAppeal(route.value.id) : null;
	if (appeal && offers(appeal)[offer])
		action(appeal.id);
}

function leave(event) {
	if (isTyping(event.target))
		event.target.blur();
	else if (drawer.value)
		drawer.value = false;
	else if (route.value.name === 'appeal')
		goInbox();
}

export function focusReply() {
	document.querySelector('[data-reply]')?.focus();
}

const ACTIONS = {
	next: () => walk(1),
	previous: () => walk(-1),
	take: () => actOnOpen('take', take),
	close: () => actOnOpen('close', close),
	leave,
	reply: focusReply,
	tabs: (event) => showTab(TABS[Number(event.code.slice(-1)) - 1]),
	info: toggleInfo,
	dark: toggleTheme,
	sound: toggleSound,
	help: () => { helpOpen.value = true; },
};

// Where the browser or a component already answered, or a dialog is open, we keep out.
function onKey(event) {
	if (event.defaultPrevented || event.isComposing || event.repeat || session.value.phase !== 'in')
		return;
	if (document.querySelector('dialog[open]'))
		return;
	const row = findKey(event, { typing: isTyping(event.target), letters: letters.value });
	if (!row)
		return;
	event.preventDefault();
	ACTIONS[row.id](event);
}

export function startShortcuts() {
	document.addEventListener('keydown', onKey);
}
