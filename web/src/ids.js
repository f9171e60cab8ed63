// web/src/ids.js -- random ids; crypto.randomUUID exists only on https and loopback pages.

export function randomId() {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
