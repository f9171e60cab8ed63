// web/src/prefs.js -- what a person chose for this browser: language, theme, sound, keys.

import { effect, signal } from '@preact/signals';
import { load, save, watch } from './storage.js';
import { LANGUAGES } from './texts.js';

const systemDark = window.matchMedia('(prefers-color-scheme: dark)');
const systemTheme = signal(systemDark.matches ? 'dark' : 'light');
systemDark.addEventListener('change', (event) => {
	systemTheme.value = event.matches ? 'dark' : 'light';
});

// null: no choice made; the theme follows the system, the language the employee's record.
const chosenTheme = signal(load('theme'));
const chosenLang = signal(load('lang'));
const accountLang = signal(null);

export const sound = signal(load('sound', true));
export const letters = signal(load('letters', true));
export const panel = signal(load('panel', true));

watch('theme', (value) => { chosenTheme.value = value; });
watch('lang', (value) => { chosenLang.value = value; });
watch('sound', (value) => { sound.value = value ?? true; });

export function theme() {
	return chosenTheme.value ?? systemTheme.value;
}

export function lang() {
	const wanted = chosenLang.value ?? accountLang.value;
	return LANGUAGES.includes(wanted) ? wanted : 'ru';
}

// Back to what the system shows means following the system again.
export function toggleTheme() {
	const next = theme() === 'dark' ? 'light' : 'dark';
	chosenTheme.value = next === systemTheme.value ? null : next;
	save('theme', chosenTheme.value);
}

export function toggleLang() {
	chosenLang.value = lang() === 'ru' ? 'en' : 'ru';
	save('lang', chosenLang.value);
}

export function setAccountLang(value) {
	accountLang.value = value;
}

function toggle(name, target) {
	target.value = !target.value;
	save(name, target.value);
}

export const toggleSound = () => toggle('sound', sound);
export const toggleLetters = () => toggle('letters', letters);
export const togglePanel = () => toggle('panel', panel);

// Keeps <html> in step with the choices.
export function applyPrefs() {
	effect(() => { document.documentElement.dataset.theme = theme(); });
	effect(() => { document.documentElement.lang = lang(); });
}
