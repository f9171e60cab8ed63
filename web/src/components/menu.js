// web/src/components/menu.js -- a small menu under a button, usable with the keyboard alone.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { html } from '../html.js';
import { Icon } from './icons.js';

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

function useClickOutside(ref, open, onOutside) {
	useEffect(() => {
		if (!open)
			return undefined;
		const listener = (event) => {
			if (!ref.current?.contains(event.target))
				onOutside();
		};
		document.addEventListener('pointerdown', listener);
		return () => document.removeEventListener('pointerdown', listener);
	}, [open]);
}

function Item({ item, onPick }) {
	return html`<button role="menuitem" class=${item.danger ? 'menu-item danger' : 'menu-item'}
		onClick=${() => onPick(item)} data-testid=${item.testid}>
		<${Icon} name=${item.icon} size=${18} />${item.text}
	</button>`;
}

// items: {icon, text, testid, danger, onPick}
export function Menu({ label, items }) {
	const [open, setOpen] = useState(false);
	const box = useRef(null);
	const close = () => {
		setOpen(false);
		box.current?.querySelector('[aria-haspopup]').focus();
	};
	useClickOutside(box, open, () => setOpen(false));
	// Before the next key can come: a quick second Enter means the first item, not the button.
	useLayoutEffect(() => {
		if (open)
			box.current.querySelector('[role=menuitem]')?.focus();
	}, [open]);
	const onKeyDown = (event) => {
		if (event.key === 'Escape' && open) {
			event.preventDefault();
			close();
		}
		const all = [...box.current.querySelectorAll('[role=menuitem]')];
		if (!STEPS[event.key] || !all.length)
			return;
		event.preventDefault();
		const at = all.indexOf(document.activeElement) + STEPS[event.key];
		all[(at + all.length) % all.length].focus();
	};
	const onPick = (item) => {
		close();
		item.onPick();
	};
	if (!items.length)
		return null;
	return html`<div class="menu" ref=${box} onKeyDown=${onKeyDown}>
		<button class="icon-button" aria-haspopup="menu" aria-expanded=${open} aria-label=${label} title=${label}
			onClick=${() => setOpen(!open)} data-testid="more">
			<${Icon} name="more" />
		</button>
		${open && html`<div class="menu-list" role="menu" aria-label=${label}>
			${items.map((item) => html`<${Item} key=${item.testid} item=${item} onPick=${onPick} />`)}
		</div>`}
	</div>`;
}
