// web/src/session.js -- who is signed in: tokens, their renewal, and the end of it.

// The access token lives in memory only. The refresh token lives in localStorage, is used up by
// each renewal, and is shared by all tabs: renewals run one at a time under a lock.
import { signal } from '@preact/signals';
import { ApiError, send } from './http.js';
import { setAccountLang } from './prefs.js';
import { load, save, watch } from './storage.js';

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const RENEW_BEFORE_MS = 60_000;
const RETRY_MS = 3_000;

// phase: 'starting' | 'unreachable' (a token is kept, nobody answers) | 'out' | 'in'
// notice: why 'out': null | 'expired' | 'signed-out'
export const session = signal({ phase: 'starting', me: null, notice: null });

let access = null; // {token, expiresAt}
let renewing = null;
let timer = 0;

function formOf(fields) {
	return new URLSearchParams(fields).toString();
}

function accept(answer) {
	save('refresh', answer.refresh_token);
	access = { token: answer.access_token, expiresAt: Date.now() + answer.expires_in * 1000 };
	clearTimeout(timer);
	const inMs = Math.max(5_000, answer.expires_in * 1000 - RENEW_BEFORE_MS);
	timer = setTimeout(() => renew().catch(() => {}), inMs);
	return access.token;
}

function end(notice) {
	access = null;
	clearTimeout(timer);
	if (session.value.phase !== 'out')
		session.value = { phase: 'out', me: null, notice };
}

// navigator.locks is missing on plain-http pages off loopback; there the server's grace for a
// token that two tabs used at once covers us.
function underLock(work) {
	return navigator.locks ? navigator.locks.request('eco-refresh', work) : work();
}

async function renewNow() {
	const kept = load('refresh');
	if (!kept) {
		end('expired');
		throw new ApiError({ status: 401, slug: 'unauthorized' });
	}
	try {
		const body = formOf({ grant_type: 'refresh_token', refresh_token: kept });
		return accept(await send('POST', '/oauth/token', { headers: FORM, body }));
	} catch (error) {
		if (error.passing)
			throw error;
		if (load('refresh') === kept) { // nobody else put a better one there
			save('refresh', null);
			end('expired');
		}
		throw new ApiError({ status: 401, slug: 'unauthorized' });
	}
}

function renew() {
	renewing ??= underLock(renewNow).finally(() => { renewing = null; });
	return renewing;
}

// A token good for a request now. `refused`: the one that just got a 401.
export async function accessToken(refused = null) {
	const good = access && access.token !== refused && access.expiresAt - Date.now() > 10_000;
	return good ? access.token : renew();
}

async function enter() {
	const token = await accessToken();
	const me = await send('GET', '/api/v1/me', { headers: { Authorization: `Bearer ${token}` } });
	setAccountLang(me.language);
	session.value = { phase: 'in', me, notice: null };
}

// Opens the kept session, or shows the login page; keeps trying while nobody answers.
export async function startSession() {
	watch('refresh', (kept) => {
		if (!kept)
			end('signed-out');
		else if (session.value.phase === 'out')
			resume(); // signed in from another tab
	});
	await resume();
}

async function resume() {
	if (!load('refresh')) {
		session.value = { phase: 'out', me: null, notice: null };
		return;
	}
	try {
		await enter();
	} catch (error) {
		if (session.value.phase === 'out')
			return;
		if (!error.passing)
			return end('expired');
		session.value = { phase: 'unreachable', me: null, notice: null };
		setTimeout(resume, RETRY_MS);
	}
}

// Throws ApiError: oauth 'invalid_grant' for a wrong password, status 429 with retryAfterS.
export async function login(username, password) {
	const body = formOf({ grant_type: 'password', username, password });
	accept(await send('POST', '/oauth/token', { headers: FORM, body }));
	await enter();
}

const revoke = (token) =>
	send('POST', '/oauth/revoke', { headers: FORM, body: formOf({ token }) }).catch(() => {});

// The page is left at once; a renewal that was on its way must not sign us in again.
export async function logout() {
	const kept = load('refresh');
	save('refresh', null);
	end('signed-out');
	await underLock(async () => {
		const renewed = load('refresh');
		if (renewed && session.value.phase === 'out') {
			save('refresh', null);
			access = null;
			await revoke(renewed);
		}
		if (kept)
			await revoke(kept);
	});
}

export function can(scope) {
	return session.value.me?.scopes.includes(scope) ?? false;
}
