// web/src/router.js -- the address bar as a signal: /login, /appeals, /appeals/<id>.

import { signal } from '@preact/signals';
import { parseRoute } from './routes.js';

export const route = signal(parseRoute(location.pathname));

function arrive() {
	route.value = parseRoute(location.pathname);
}

export function go(path, { replace = false } = {}) {
	if (path === location.pathname)
		return;
	history[replace ? 'replaceState' : 'pushState'](null, '', path);
	arrive();
}

export const goInbox = () => go('/appeals');
export const goAppeal = (id) => go(`/appeals/${id}`);

// Plain clicks on our own links change the page in place; all others stay the browser's.
function onClick(event) {
	const link = event.target.closest?.('a[href^="/appeals"], a[href="/login"]');
	if (!link || event.defaultPrevented || event.button !== 0 || link.target)
		return;
	if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
		return;
	event.preventDefault();
	go(link.getAttribute('href'));
}

export function startRouter() {
	window.addEventListener('popstate', arrive);
	document.addEventListener('click', onClick);
}
