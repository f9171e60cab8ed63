// web/src/toasts.js -- short notices at the edge of the screen, and errors put into words.

import { signal } from '@preact/signals';
import { t } from './i18n.js';

const SHOWN_MS = 6_000;
const TOASTS_MAX = 3;
let nextId = 1;

export const toasts = signal([]); // {id, kind: 'info' | 'error', text}

export function dismiss(id) {
	toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

export function toast(kind, text) {
	const id = nextId++;
	toasts.value = [...toasts.value, { id, kind, text }].slice(-TOASTS_MAX);
	setTimeout(() => dismiss(id), SHOWN_MS);
}

const SAID = new Set(['network', 'conflict', 'forbidden', 'not-found', 'too-many-requests', 'unavailable']);

// What went wrong, as the end of a sentence. What only the server knows is quoted from it.
export function errorText(error) {
	if (SAID.has(error.slug))
		return t(`error.${error.slug}`);
	const field = error.errors?.[0];
	const detail = field ? `${field.field}: ${field.detail}` : error.detail || error.title || String(error.status);
	return t('error.other', { detail });
}

export function toastError(error) {
	toast('error', t('action.failed', { detail: errorText(error) }));
}
