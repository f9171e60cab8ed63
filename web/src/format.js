// web/src/format.js -- times, durations and names as people read them; pure functions.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const LOCALES = { ru: 'ru-RU', en: 'en-GB' };

const formatters = new Map();

// Intl formatters are slow to make and asked for on every row: one is kept per look.
function formatter(lang, timeZone, options) {
	const key = JSON.stringify([lang, timeZone, options]);
	if (!formatters.has(key))
		formatters.set(key, makeFormatter(lang, timeZone, options));
	return formatters.get(key);
}

function makeFormatter(lang, timeZone, options) {
	try {
		return new Intl.DateTimeFormat(LOCALES[lang], { ...options, timeZone });
	} catch {
		return new Intl.DateTimeFormat(LOCALES[lang], options); // a zone this browser lacks
	}
}

export function formatTime(ms, lang, timeZone) {
	return formatter(lang, timeZone, { hour: '2-digit', minute: '2-digit' }).format(ms);
}

export function formatDateTime(ms, lang, timeZone) {
	const options = { day: 'numeric', month: 'short', year: 'numeric' };
	return `${formatter(lang, timeZone, options).format(ms)}, ${formatTime(ms, lang, timeZone)}`;
}

// A key that is equal for two moments of one calendar day in that zone: "2026-11-22".
export function dayKey(ms, timeZone) {
	const parts = formatter('en', timeZone, { year: 'numeric', month: '2-digit', day: '2-digit' })
		.formatToParts(ms);
	const part = (type) => parts.find((p) => p.type === type).value;
	return `${part('year')}-${part('month')}-${part('day')}`;
}

// {relative: 'today' | 'yesterday'} or {text}: a day as a separator between messages.
export function formatDay(ms, nowMs, lang, timeZone) {
	const day = dayKey(ms, timeZone);
	if (day === dayKey(nowMs, timeZone))
		return { relative: 'today' };
	if (day === dayKey(nowMs - DAY_MS, timeZone))
		return { relative: 'yesterday' };
	const options = { day: 'numeric', month: 'long' };
	if (day.slice(0, 4) !== dayKey(nowMs, timeZone).slice(0, 4))
		options.year = 'numeric';
	return { text: formatter(lang, timeZone, options).format(ms) };
}

// For list rows: the hour today, else a short date.
export function formatShort(ms, nowMs, lang, timeZone) {
	if (dayKey(ms, timeZone) === dayKey(nowMs, timeZone))
		return formatTime(ms, lang, timeZone);
	return formatter(lang, timeZone, { day: 'numeric', month: 'short' }).format(ms);
}

// A waiting time as {n, unit} with unit 'now' | 'minutes' | 'hours' | 'days', cut down.
export function waitingParts(sinceMs, nowMs) {
	const ms = Math.max(0, nowMs - sinceMs);
	if (ms < MINUTE_MS)
		return { n: 0, unit: 'now' };
	if (ms < HOUR_MS)
		return { n: Math.floor(ms / MINUTE_MS), unit: 'minutes' };
	if (ms < DAY_MS)
		return { n: Math.floor(ms / HOUR_MS), unit: 'hours' };
	return { n: Math.floor(ms / DAY_MS), unit: 'days' };
}

// How pressing a wait is: 'calm' | 'long' | 'late'.
export function waitingLevel(sinceMs, nowMs) {
	const ms = nowMs - sinceMs;
	if (ms < 3 * MINUTE_MS)
		return 'calm';
	return ms < 10 * MINUTE_MS ? 'long' : 'late';
}

// What is left until a deadline, rounded up so that 00:00 means "it is due": "09:41", "1:02:03".
export function formatCountdown(leftMs) {
	const total = Math.max(0, Math.ceil(leftMs / 1000));
	const two = (n) => String(n).padStart(2, '0');
	const hours = Math.floor(total / 3600);
	const minutes = Math.floor(total / 60) % 60;
	return (hours ? `${hours}:` : '') + `${two(minutes)}:${two(total % 60)}`;
}

// Up to two first letters of a name, whole code points, upper case.
export function initials(name) {
	const words = (name ?? '').trim().split(/\s+/).filter(Boolean);
	const letters = words.filter((word) => /^\p{L}|^\p{N}/u.test(word)).map((word) => [...word][0]);
	return (letters.slice(0, 2).join('') || '?').toUpperCase();
}

// One line for a list row: white space folded.
export function excerpt(text) {
	return (text ?? '').replace(/\s+/g, ' ').trim();
}
