// web/src/http.js -- one request, its time limit, and every failure as one kind of error.

import { serverClock } from './clock.js';

const TIMEOUT_MS = 15_000;

// status 0: no answer came (network, time limit). slug: the last part of the problem's type.
export class ApiError extends Error {
	constructor({ status, slug, title = '', detail = '', errors = [], retryAfterS = null, oauth = null }) {
		super(detail || title || slug);
		Object.assign(this, { status, slug, title, detail, errors, retryAfterS, oauth });
	}

	// Nothing reached the server, or it may answer later: the same request may be tried again.
	get passing() {
		return this.status === 0 || this.status === 429 || this.status >= 500;
	}
}

function secondsOf(header) {
	return /^[0-9]+$/.test(header ?? '') ? Number(header) : null;
}

async function errorOf(response) {
	const body = await response.json().catch(() => ({}));
	const slug = typeof body.type === 'string' ? body.type.split('/').pop() : '';
	return new ApiError({
		status: response.status,
		slug: slug || 'internal',
		title: body.title ?? response.statusText,
		detail: body.detail ?? body.error_description ?? '',
		errors: body.errors ?? [],
		retryAfterS: secondsOf(response.headers.get('Retry-After')),
		oauth: body.error ?? null,
	});
}

async function fetchInTime(path, options, timeoutMs) {
	const abort = new AbortController();
	const timer = setTimeout(() => abort.abort(), timeoutMs);
	try {
		return await fetch(path, { ...options, signal: abort.signal, cache: 'no-store', credentials: 'omit' });
	} catch {
		throw new ApiError({ status: 0, slug: 'network' });
	} finally {
		clearTimeout(timer);
	}
}

// Sends and returns the decoded JSON (null for an empty answer); throws ApiError.
export async function send(method, path, { headers = {}, body, timeoutMs = TIMEOUT_MS } = {}) {
	const sentAt = Date.now();
	const response = await fetchInTime(path, { method, headers, body }, timeoutMs);
	serverClock.learn(response.headers.get('Date'), sentAt, Date.now());
	if (!response.ok)
		throw await errorOf(response);
	const text = await response.text().catch(() => {
		throw new ApiError({ status: 0, slug: 'network' }); // cut off in the middle
	});
	try {
		return text === '' ? null : JSON.parse(text);
	} catch {
		throw new ApiError({ status: 502, slug: 'unavailable', detail: 'not JSON' });
	}
}
