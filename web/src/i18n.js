// web/src/i18n.js -- t(key, params): a text in the chosen language, redrawn when that changes.

import { computed, signal } from '@preact/signals';
import { serverClock } from './clock.js';
import * as format from './format.js';
import { lang } from './prefs.js';
import { formatText } from './texts.js';
import { slow } from './ticker.js';

// The business zone of /ui/config.json; undefined: the browser's own.
export const timeZone = signal(undefined);

// Changes at midnight: what says "today" is then drawn again.
const today = computed(() => format.dayKey(slow.value, timeZone.value));

const nowToday = () => (today.value, serverClock.now());

export function t(key, params) {
	return formatText(lang(), key, params);
}

export const showTime = (ms) => format.formatTime(ms, lang(), timeZone.value);
export const showDateTime = (ms) => format.formatDateTime(ms, lang(), timeZone.value);
export const showShort = (ms) => format.formatShort(ms, nowToday(), lang(), timeZone.value);
export const dayOf = (ms) => format.dayKey(ms, timeZone.value);

export function showDay(ms) {
	const day = format.formatDay(ms, nowToday(), lang(), timeZone.value);
	return day.relative ? t(`day.${day.relative}`) : day.text;
}

// A span of seconds in words: "40 seconds", "2 minutes" (rounded up).
export function showSeconds(seconds) {
	if (seconds < 90)
		return t('wait.words.seconds', { n: Math.ceil(seconds) });
	return t('wait.words.minutes', { n: Math.ceil(seconds / 60) });
}
