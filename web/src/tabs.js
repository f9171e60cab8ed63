// web/src/tabs.js -- which list of the inbox is shown, and walking through it.

import { effect, signal } from '@preact/signals';
import { ensureLoaded, lists, TABS } from './lists.js';
import { go, route } from './router.js';
import { focusWanted } from './screen.js';
import { session } from './session.js';
import { load, save } from './storage.js';

const kept = load('tab', 'queue');

export const tab = signal(TABS.includes(kept) ? kept : 'queue');

export function showTab(name) {
	tab.value = name;
	save('tab', name);
}

// Steps to the next (+1) or previous (-1) appeal of the shown list; from the inbox to its first.
export function walk(step) {
	const ids = lists[tab.value].ids.value;
	if (!ids.length)
		return;
	const at = ids.indexOf(route.value.id);
	const to = at < 0 ? 0 : at + step;
	if (to < 0 || to >= ids.length)
		return;
	focusWanted.value = false;
	go(`/appeals/${ids[to]}`);
}

// Whatever list comes on screen is loaded.
export function watchTabs() {
	effect(() => {
		if (session.value.phase === 'in')
			ensureLoaded(tab.value);
	});
}
