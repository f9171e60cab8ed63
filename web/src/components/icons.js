// web/src/components/icons.js -- the line icons and the mark, drawn for this product.

import { html } from '../html.js';

const PATHS = {
	inbox: 'M4 13.5 6.2 6h11.6L20 13.5V18H4zM4 13.5h4.6a3.5 3.5 0 0 0 6.8 0H20',
	phone: 'M8 3.5h8v17H8zM11 17.7h2',
	book: 'M5 5.2C7.5 4.6 10 5 12 6.4c2-1.4 4.5-1.8 7-1.2v13.2c-2.5-.6-5-.2-7 1.2-2-1.4-4.5-1.8-7-1.2zM12 6.4v13.2',
	keyboard: 'M3.5 7h17v10h-17zM7 10.5h.01M10.3 10.5h.01M13.7 10.5h.01M17 10.5h.01M8.5 13.8h7',
	moon: 'M19.5 14.2A8 8 0 0 1 9.8 4.5a8 8 0 1 0 9.7 9.7z',
	sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.8v2M12 19.2v2M2.8 12h2M19.2 12h2M5.5 5.5l1.4 1.4M17.1 17.1l1.4 1.4M18.5 5.5l-1.4 1.4M6.9 17.1l-1.4 1.4',
	bell: 'M6.5 16.5V11a5.5 5.5 0 0 1 11 0v5.5l1.5 1.8H5zM10.3 20.5h3.4',
	'bell-off': 'M6.5 16.5V11c0-.9.2-1.7.6-2.4M9.5 6.1A5.5 5.5 0 0 1 17.5 11v3.5M17.5 18.3H5l1.5-1.8M10.3 20.5h3.4M4 4l16 16',
	exit: 'M10 4.5H5v15h5M14.5 8l4 4-4 4M18.5 12H9.5',
	back: 'M14.5 5.5 8 12l6.5 6.5',
	more: 'M5.5 11.6a.4.4 0 1 0 0 .8.4.4 0 0 0 0-.8zM12 11.6a.4.4 0 1 0 0 .8.4.4 0 0 0 0-.8zM18.5 11.6a.4.4 0 1 0 0 .8.4.4 0 0 0 0-.8z',
	info: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 11v5M12 8h.01',
	send: 'M4.5 12 4 5l16.5 7L4 19zM4.5 12H12',
	check: 'm5.5 12.5 4.3 4.3 8.7-9.3',
	clock: 'M12 4.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM12 8.2V12l2.5 1.8',
	alert: 'M12 4.5 21 19.5H3zM12 10.2v4.3M12 17h.01',
	question: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM9.8 9.8a2.2 2.2 0 1 1 3.3 2c-.8.4-1.1.9-1.1 1.7M12 16.3h.01',
	cross: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
	pencil: 'M5 19l.9-4L16 4.9 19.1 8 9 18.1zM13.8 7.1l3.1 3.1',
	queue: 'M9 6.5H5.5V10M5.7 9.8A7 7 0 1 1 5 13.5',
	trash: 'M5 7h14M9.5 7V4.5h5V7M7 7l.8 12.5h8.4L17 7M10.3 10.5v5.5M13.7 10.5v5.5',
	copy: 'M8.5 8.5h11v11h-11zM15.5 8.5v-4h-11v11h4',
	eye: 'M3 12s3.3-6 9-6 9 6 9 6-3.3 6-9 6-9-6-9-6zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',
	'eye-off': 'M9.5 6.4A9.4 9.4 0 0 1 12 6c5.7 0 9 6 9 6a15 15 0 0 1-2.7 3.3M6.2 7.7A15.3 15.3 0 0 0 3 12s3.3 6 9 6c1.5 0 2.9-.4 4.1-1M10.2 10.3a2.5 2.5 0 0 0 3.5 3.5M4 4l16 16',
	link: 'M10 7H6.5a5 5 0 0 0 0 10H10M14 7h3.5a5 5 0 0 1 0 10H14M8.5 12h7',
	bot: 'M5.5 9h13v9h-13zM12 9V5.5M12 4.8h.01M9.3 13h.01M14.7 13h.01M3 12.5v3M21 12.5v3',
	down: 'M12 5v13.5M6 12.8l6 6 6-6',
	person: 'M12 4.5a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6zM4.5 19.8c.8-3.3 3.8-5 7.5-5s6.7 1.7 7.5 5',
	lock: 'M6 11h12v8.5H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
};

// label: what a screen reader says; without it the icon is decoration.
export function Icon({ name, size = 20, label }) {
	const aria = label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': 'true' };
	return html`<svg class="icon" width=${size} height=${size} viewBox="0 0 24 24" fill="none"
		stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" ...${aria}>
		<path d=${PATHS[name]} />
	</svg>`;
}

// A scooter on a green field.
export function Logo({ size = 40 }) {
	return html`<svg class="logo" width=${size} height=${size} viewBox="0 0 64 64" aria-hidden="true">
		<rect width="64" height="64" rx="16" fill="var(--brand)" />
		<g fill="none" stroke="#fff" stroke-width="4.6" stroke-linecap="round" stroke-linejoin="round">
			<path d="M36 14h7l5 28M15 45h22c1-7 5-11 11-11" />
		</g>
		<circle cx="15" cy="47" r="5.5" fill="#fff" /><circle cx="49" cy="47" r="5.5" fill="#fff" />
	</svg>`;
}
