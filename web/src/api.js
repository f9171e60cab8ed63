// web/src/api.js -- the routes of the HTTP API, one function each. All of them throw ApiError.

import { send } from './http.js';
import { accessToken } from './session.js';

async function call(method, path, { body, key } = {}) {
	const headers = { Accept: 'application/json' };
	if (body !== undefined)
		headers['Content-Type'] = 'application/json';
	if (key)
		headers['Idempotency-Key'] = key;
	const options = { headers, body: body === undefined ? undefined : JSON.stringify(body) };
	const token = await accessToken();
	try {
		headers.Authorization = `Bearer ${token}`;
		return await send(method, path, options);
	} catch (error) {
		if (error.status !== 401)
			throw error;
		headers.Authorization = `Bearer ${await accessToken(token)}`;
		return send(method, path, options);
	}
}

function withQuery(path, query) {
	const used = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
	return used.length ? `${path}?${new URLSearchParams(used)}` : path;
}

const appealPath = (id) => `/api/v1/appeals/${id}`;

// query: state, assignee, customer, cursor, limit
export const getAppeals = (query) => call('GET', withQuery('/api/v1/appeals', query));
export const getAppeal = (id) => call('GET', appealPath(id));
export const openAppeal = (customerId, text, key) =>
	call('POST', '/api/v1/appeals', { body: { customer_id: customerId, text }, key });
export const patchAppeal = (id, changes) => call('PATCH', appealPath(id), { body: changes });
export const deleteAppeal = (id) => call('DELETE', appealPath(id));
export const takeAppeal = (id) => call('POST', `${appealPath(id)}/take`);
export const closeAppeal = (id) => call('POST', `${appealPath(id)}/close`);
export const getMessages = (id, query) => call('GET', withQuery(`${appealPath(id)}/messages`, query));
export const postMessage = (id, text, key) =>
	call('POST', `${appealPath(id)}/messages`, { body: { text }, key });
export const sendAgain = (id, messageId) =>
	call('POST', `${appealPath(id)}/messages/${messageId}/send-again`);

// Public: how this desk is set up.
export const getUiConfig = () => send('GET', '/ui/config.json');

// The open stream of live updates after `lastId` ("<epoch>-<seq>"), as a fetch Response of any
// status. Throws ApiError when nobody is signed in, TypeError or AbortError from fetch.
export async function openEvents(lastId, signal) {
	const open = async (token) => fetch('/api/v1/events', {
		headers: { Authorization: `Bearer ${token}`, Accept: 'text/event-stream', 'Last-Event-ID': lastId },
		cache: 'no-store',
		credentials: 'omit',
		signal,
	});
	const token = await accessToken();
	const response = await open(token);
	return response.status === 401 ? open(await accessToken(token)) : response;
}
