// web/src/screen.js -- how much room there is, and what lies open on it.

import { signal } from '@preact/signals';
import { panel, togglePanel } from './prefs.js';

function media(query) {
	const list = window.matchMedia(query);
	const matches = signal(list.matches);
	list.addEventListener('change', (event) => { matches.value = event.matches; });
	return matches;
}

// narrow: one pane at a time. wide: the customer panel has a place of its own.
// The same widths stand in styles/layout.css.
export const narrow = media('(max-width: 760px)');
export const wide = media('(min-width: 1180px)');

// The customer panel as a drawer over the chat, where it has no place of its own.
export const drawer = signal(false);
export const helpOpen = signal(false);

// The question being asked: null | {title, text, yes, onYes}
export const question = signal(null);

// Set by a click on a row: the composer takes the focus once, when that chat opens.
export const focusWanted = signal(false);

export const panelShown = () => (wide.value ? panel.value : drawer.value);

export function toggleInfo() {
	if (wide.value)
		togglePanel();
	else
		drawer.value = !drawer.value;
}
