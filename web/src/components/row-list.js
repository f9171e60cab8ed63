// web/src/components/row-list.js -- the rows of a list, drawn only around the screen: all have one height.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { html } from '../html.js';
import { route } from '../router.js';
import { reveal, shiftOf, windowOf } from '../row-window.js';
import { AppealRow } from './appeal-row.js';

const ROW_PX = 61; // until one was drawn and measured

function measure(list, count) {
	const box = list.parentElement;
	const rowPx = list.firstElementChild?.getBoundingClientRect().height || ROW_PX;
	return { rowPx, ...windowOf({ scrollTop: box.scrollTop, height: box.clientHeight, rowPx, count }) };
}

const same = (a, b) => a.from === b.from && a.to === b.to && a.rowPx === b.rowPx;

// What of the list is drawn, followed while it scrolls or changes its size.
function useWindow(ref, count) {
	const [view, setView] = useState({ from: 0, to: 24, rowPx: ROW_PX });
	const look = useRef(null);
	look.current = () => {
		const now = measure(ref.current, count);
		setView((before) => (same(before, now) ? before : now));
	};
	useLayoutEffect(() => look.current(), [count]);
	// A layout effect, for it is undone before the list leaves the page; others are undone a frame later.
	useLayoutEffect(() => {
		const box = ref.current.parentElement;
		const onChange = () => look.current();
		const watcher = new ResizeObserver(onChange);
		watcher.observe(box);
		watcher.observe(ref.current);
		box.addEventListener('scroll', onChange, { passive: true });
		return () => {
			watcher.disconnect();
			box.removeEventListener('scroll', onChange);
		};
	}, []);
	return view;
}

// What one reads stays under one's eyes while rows come and go above it; at the top, the top stays.
function useStill(ref, ids, rowPx) {
	const before = useRef(ids);
	useLayoutEffect(() => {
		const box = ref.current.parentElement;
		const at = Math.floor(box.scrollTop / rowPx);
		if (before.current !== ids && box.scrollTop > 0)
			box.scrollTop += rowPx * shiftOf(before.current.slice(at, at + Math.ceil(box.clientHeight / rowPx)), at, ids);
		before.current = ids;
	}, [ids]);
}

function useReveal(ref, ids, rowPx) {
	useEffect(() => {
		const box = ref.current.parentElement;
		const at = ids.indexOf(route.value.id);
		if (at >= 0)
			box.scrollTop = reveal({ scrollTop: box.scrollTop, height: box.clientHeight, rowPx, at });
	}, [route.value.id]);
}

export function RowList({ ids, name }) {
	const ref = useRef(null);
	const { from, to, rowPx } = useWindow(ref, ids.length);
	useStill(ref, ids, rowPx);
	useReveal(ref, ids, rowPx);
	const room = { paddingTop: `${from * rowPx}px`, paddingBottom: `${Math.max(0, ids.length - to) * rowPx}px` };
	return html`<ul class="rows" ref=${ref} style=${room}>
		${ids.slice(from, to).map((id, i) => html`<li key=${id} aria-setsize=${ids.length} aria-posinset=${from + i + 1}>
			<${AppealRow} id=${id} list=${name} />
		</li>`)}
	</ul>`;
}
