// web/src/storage.js -- localStorage that never throws (private mode, full disk) and speaks JSON.

const PREFIX = 'eco.';

export function load(name, fallback = null) {
	try {
		const text = localStorage.getItem(PREFIX + name);
		return text === null ? fallback : JSON.parse(text);
	} catch {
		return fallback;
	}
}

// undefined or null removes the entry. False: the browser keeps nothing.
export function save(name, value) {
	try {
		if (value === undefined || value === null)
			localStorage.removeItem(PREFIX + name);
		else
			localStorage.setItem(PREFIX + name, JSON.stringify(value));
		return true;
	} catch {
		return false;
	}
}

// The names of all entries that start so.
export function namesUnder(prefix) {
	try {
		return Object.keys(localStorage)
			.filter((key) => key.startsWith(PREFIX + prefix))
			.map((key) => key.slice(PREFIX.length));
	} catch {
		return [];
	}
}

// Calls onChange(rest of the name, value) when another tab changed an entry that starts so; returns
// how to stop.
export function watchUnder(prefix, onChange) {
	const listener = ({ key }) => {
		if (key?.startsWith(PREFIX + prefix))
			onChange(key.slice(PREFIX.length + prefix.length), load(key.slice(PREFIX.length)));
	};
	window.addEventListener('storage', listener);
	return () => window.removeEventListener('storage', listener);
}

// The same for one entry: onChange(value).
export const watch = (name, onChange) => watchUnder(name, (rest, value) => rest === '' && onChange(value));
