// tests/e2e/api.test.mjs -- the HTTP contract through real processes: every route, every refusal, live updates.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect } from "node:net";
import { call, startDesk, until } from "./harness.mjs";

let desk, admin, operator, dispatcher;
let nextCustomer = 3001;

before(async () => {
	desk = await startDesk();
	await desk.settled();
	admin = await desk.signIn();
	operator = await desk.hire("olga", "operator");
	dispatcher = await desk.hire("dima", "dispatcher");
});
after(() => desk?.stop());

const path = (appeal, rest = "") => `/api/v1/appeals/${appeal.id}${rest}`;
const token = (form, headers) => call(`${desk.url}/oauth/token`, { method: "POST", form, headers });
const raw = (method, where, body, headers = {}) =>
	fetch(desk.url + where, { method, body, headers: { authorization: `Bearer ${operator.token}`, ...headers } });

async function newAppeal(text = "The brake is stuck") {
	const customer = desk.customer(nextCustomer++);
	await customer.writes(text);
	return { customer, appeal: await desk.appealOf(operator, customer, "new") };
}

async function inWork() {
	const made = await newAppeal();
	assert.equal((await operator.post(path(made.appeal, "/take"))).status, 200);
	return made;
}

// A refusal as promised: a problem document with this status, naming these fields.
function assertProblem(answer, status, slug, ...fields) {
	assert.equal(answer.status, status, JSON.stringify(answer.body));
	assert.match(answer.headers.get("content-type"), /^application\/problem\+json/);
	assert.equal(answer.body.type, `/problems/${slug}`);
	assert.equal(answer.body.status, status);
	assert.equal(answer.body.request_id, answer.headers.get("x-request-id"));
	for (const field of fields)
		assert.ok(answer.body.errors?.some((each) => each.field === field), `${field} in ${JSON.stringify(answer.body)}`);
}

// ---- signing in ------------------------------------------------------------------------------------

test("a password becomes tokens that nobody may cache", async () => {
	const answer = await token({ grant_type: "password", username: "admin", password: await desk.password() });
	assert.equal(answer.status, 200);
	assert.equal(answer.headers.get("cache-control"), "no-store");
	assert.equal(answer.body.token_type, "Bearer");
	assert.equal(answer.body.expires_in, 900);
	assert.match(answer.body.scope, /appeals:read/);
	assert.doesNotMatch(answer.body.scope, /public|signed_in/);
});

test("GET /me tells who asks and what they may do", async () => {
	const { status, body } = await operator.get("/api/v1/me");
	assert.equal(status, 200);
	assert.deepEqual([body.login, body.role], ["olga", "operator"]);
	assert.deepEqual(body.scopes, ["appeals:read", "appeals:write"]);
});

test("wrong passwords and unknown names sound alike", async () => {
	const wrong = await token({ grant_type: "password", username: "dima", password: "not the password" });
	const nobody = await token({ grant_type: "password", username: "nobody-here", password: "not the password" });
	for (const answer of [wrong, nobody]) {
		assert.equal(answer.status, 400);
		assert.match(answer.headers.get("content-type"), /^application\/json/);
		assert.equal(answer.body.error, "invalid_grant");
		assert.equal(answer.body.type, "/problems/bad-request");
	}
	assert.equal(wrong.body.error_description, nobody.body.error_description);
});

test("token requests that miss something say what", async () => {
	const cases = [
		[{ grant_type: "password", username: "admin" }, "invalid_request", "password"],
		[{ username: "admin", password: "x" }, "invalid_request", "grant_type"],
		[{ grant_type: "refresh_token" }, "invalid_request", "refresh_token"],
		[{ grant_type: "client_credentials" }, "unsupported_grant_type"],
		[{ grant_type: "refresh_token", refresh_token: "unknown" }, "invalid_grant"],
	];
	for (const [form, error, field] of cases) {
		const { status, body } = await token(form);
		assert.equal(status, 400);
		assert.equal(body.error, error, JSON.stringify(body));
		if (field) assert.ok(body.errors.some((each) => each.field === field));
	}
	const json = await call(`${desk.url}/oauth/token`, { method: "POST", json: { grant_type: "password" } });
	assert.equal(json.status, 415);
});

test("the eleventh attempt with one login in a minute gets 429, others may go on", async () => {
	const attempt = () => token({ grant_type: "password", username: "throttled", password: "wrong password" });
	for (let i = 0; i < 10; i++) assert.equal((await attempt()).status, 400);
	const refused = await attempt();
	assert.equal(refused.status, 429);
	assert.ok(Number(refused.headers.get("retry-after")) > 0);
	assert.equal(refused.body.type, "/problems/too-many-requests");
	await desk.signIn();
});

test("a refresh token is used up, and its reuse after the successor ends the family", async () => {
	const first = (await token({ grant_type: "password", username: "olga", password: "a long enough password" })).body;
	const refresh = (grant) => token({ grant_type: "refresh_token", refresh_token: grant.refresh_token });
	const second = (await refresh(first)).body;
	assert.notEqual(second.refresh_token, first.refresh_token);
	const third = await refresh(second);
	assert.equal(third.status, 200);
	assert.equal((await refresh(first)).body.error, "invalid_grant");
	assert.equal((await refresh(third.body)).body.error, "invalid_grant");
	assertProblem(await call(`${desk.url}/api/v1/me`, { token: third.body.access_token }), 401, "unauthorized");
});

test("a reply that was lost may be asked for again while its successor is unused", async () => {
	const first = (await token({ grant_type: "password", username: "olga", password: "a long enough password" })).body;
	const refresh = () => token({ grant_type: "refresh_token", refresh_token: first.refresh_token });
	assert.equal((await refresh()).status, 200);
	assert.equal((await refresh()).status, 200);
});

test("revoking either token ends the session; unknown tokens are fine, too", async () => {
	for (const kind of ["access_token", "refresh_token"]) {
		const grant = (await token({ grant_type: "password", username: "olga", password: "a long enough password" })).body;
		const revoke = await call(`${desk.url}/oauth/revoke`, { method: "POST", form: { token: grant[kind] } });
		assert.equal(revoke.status, 200);
		assert.equal((await call(`${desk.url}/api/v1/me`, { token: grant.access_token })).status, 401);
	}
	assert.equal((await call(`${desk.url}/oauth/revoke`, { method: "POST", form: { token: "never seen" } })).status, 200);
});

test("no token, a broken one and a tampered one get 401 with WWW-Authenticate", async () => {
	const none = await call(`${desk.url}/api/v1/me`);
	assertProblem(none, 401, "unauthorized");
	assert.match(none.headers.get("www-authenticate"), /^Bearer realm=/);
	assert.doesNotMatch(none.headers.get("www-authenticate"), /error=/);
	const [head, payload, mac] = operator.token.split(".");
	const claims = JSON.parse(Buffer.from(payload, "base64url"));
	const risen = Buffer.from(JSON.stringify({ ...claims, role: "admin" })).toString("base64url");
	const noAlg = Buffer.from(JSON.stringify({ alg: "none", kid: "00" })).toString("base64url");
	for (const bad of ["x", `${head}.${risen}.${mac}`, `${noAlg}.${payload}.`, `${head}.${payload}`]) {
		const answer = await call(`${desk.url}/api/v1/me`, { token: bad });
		assertProblem(answer, 401, "unauthorized");
		assert.match(answer.headers.get("www-authenticate"), /error="invalid_token"/);
	}
});

test("a missing scope gets 403 that names it", async () => {
	const reading = await dispatcher.get("/api/v1/appeals");
	assertProblem(reading, 403, "forbidden");
	assert.match(reading.headers.get("www-authenticate"), /insufficient_scope.*appeals:read/);
	assertProblem(await operator.delete("/api/v1/appeals/1"), 403, "forbidden");
});

test("the metadata document leads to the endpoints", async () => {
	const { status, body } = await call(`${desk.url}/.well-known/oauth-authorization-server`);
	assert.equal(status, 200);
	assert.equal(body.token_endpoint, `${desk.url}/oauth/token`);
	assert.deepEqual(body.grant_types_supported, ["password", "refresh_token"]);
});

// ---- the desk ------------------------------------------------------------------------------------------

test("an appeal has what was promised", async () => {
	const { customer, appeal } = await newAppeal("Hello there");
	assert.equal(appeal.customer.name, customer.name);
	assert.equal(appeal.customer.reachable, true);
	assert.equal(appeal.assignee, null);
	assert.equal(appeal.closing_at, null);
	assert.ok(Number.isInteger(appeal.opened_at) && appeal.waiting_since > 0);
	assert.equal(appeal.last_message.text, "Hello there");
	assert.deepEqual((await operator.get(path(appeal))).body.id, appeal.id);
});

test("lists page through everything once, newest activity first", async () => {
	for (let i = 0; i < 3; i++) await newAppeal();
	const whole = (await operator.get("/api/v1/appeals?limit=200")).body;
	assert.ok(whole.epoch > 0 && whole.as_of_seq > 0 && whole.counts.new >= 3);
	const paged = [];
	for (let cursor = ""; cursor !== null;) {
		const page = (await operator.get(`/api/v1/appeals?limit=2${cursor && `&cursor=${cursor}`}`)).body;
		assert.ok(page.items.length <= 2);
		paged.push(...page.items);
		cursor = page.next_cursor;
	}
	assert.deepEqual(paged.map((each) => each.id).sort(), whole.items.map((each) => each.id).sort());
	const times = paged.map((each) => each.last_activity_at);
	assert.deepEqual(times, [...times].sort((a, b) => b - a));
});

test("filters narrow the list", async () => {
	const { appeal } = await inWork();
	const ids = async (query) => (await operator.get(`/api/v1/appeals?limit=200&${query}`)).body.items.map((each) => each.id);
	assert.ok((await ids("assignee=me&state=in_work")).includes(appeal.id));
	assert.ok(!(await ids("assignee=none")).includes(appeal.id));
	assert.ok(!(await ids("state=new,closed")).includes(appeal.id));
	assert.deepEqual(await ids(`customer=${appeal.customer.id}`), [appeal.id]);
});

test("an operator takes, names, hands on and gives back", async () => {
	const { appeal } = await inWork();
	assert.equal((await operator.post(path(appeal, "/take"))).status, 200);
	assertProblem(await admin.post(path(appeal, "/take")), 409, "conflict");
	const named = await operator.patch(path(appeal), { subject: "Brake" });
	assert.equal(named.body.subject, "Brake");
	assert.equal((await operator.patch(path(appeal), { subject: null })).body.subject, null);
	const me = (await admin.get("/api/v1/me")).body;
	assert.equal((await operator.patch(path(appeal), { assignee_id: me.id })).body.assignee.id, me.id);
	const back = (await admin.patch(path(appeal), { assignee_id: null })).body;
	assert.deepEqual([back.state, back.assignee], ["new", null]);
	assertProblem(await operator.patch(path(appeal), { assignee_id: 999999 }), 400, "validation", "assignee_id");
	assertProblem(await operator.patch(path(appeal), {}), 400, "validation", "body");
});

test("messages page from new to old, and a cursor fits its own appeal only", async () => {
	const { appeal } = await inWork();
	for (let i = 0; i < 3; i++)
		assert.equal((await operator.post(path(appeal, "/messages"), { text: `answer ${i}` })).status, 201);
	const page = (await operator.get(path(appeal, "/messages?limit=2"))).body;
	assert.equal(page.items.length, 2);
	assert.ok(page.items[0].id > page.items[1].id);
	const older = (await operator.get(path(appeal, `/messages?limit=200&cursor=${page.next_cursor}`))).body;
	assert.ok(older.items.every((each) => each.id < page.items[1].id));
	const other = await inWork();
	assertProblem(await operator.get(path(other.appeal, `/messages?cursor=${page.next_cursor}`)), 400, "validation", "cursor");
});

test("answering a new appeal takes it; only failed messages are sent again", async () => {
	const { appeal } = await newAppeal();
	const answer = await operator.post(path(appeal, "/messages"), { text: "On our way" });
	assert.equal(answer.status, 201);
	assert.deepEqual([answer.body.author, answer.body.text, answer.body.versions], ["employee", "On our way", []]);
	assert.equal((await operator.get(path(appeal))).body.state, "in_work");
	assertProblem(await operator.post(path(appeal, `/messages/${answer.body.id}/send-again`)), 409, "conflict");
	const other = await inWork();
	assertProblem(await operator.post(path(other.appeal, `/messages/${answer.body.id}/send-again`)), 404, "not-found");
});

test("closing needs an appeal in work, and sets the deadline", async () => {
	const { appeal } = await inWork();
	const closed = (await operator.post(path(appeal, "/close"))).body;
	assert.equal(closed.state, "closing");
	assert.ok(closed.closing_at > closed.opened_at);
	assertProblem(await operator.post(path(appeal, "/close")), 409, "conflict");
	assert.equal((await operator.post(path(appeal, "/take"))).body.state, "in_work");
});

test("deleting erases the texts and hides the appeal", async () => {
	const { appeal } = await newAppeal("Nobody may read this");
	assert.equal((await admin.delete(path(appeal))).status, 204);
	for (const rest of ["", "/messages"]) assertProblem(await operator.get(path(appeal, rest)), 404, "not-found");
	assertProblem(await admin.delete(path(appeal)), 404, "not-found");
});

// ---- idempotency ------------------------------------------------------------------------------------------

test("the same key and body have one effect, another body gets 422", async () => {
	const { appeal } = await inWork();
	const post = (text, key) => operator.post(path(appeal, "/messages"), { text }, { headers: { "idempotency-key": key } });
	const first = await post("only once", "key-1");
	const again = await post("only once", "key-1");
	assert.deepEqual([first.status, again.status], [201, 201]);
	assert.equal(first.headers.get("idempotency-replayed"), null);
	assert.equal(again.headers.get("idempotency-replayed"), "true");
	assert.deepEqual(again.body, first.body);
	assertProblem(await post("something else", "key-1"), 422, "unprocessable");
	const texts = (await operator.get(path(appeal, "/messages"))).body.items.map((each) => each.text);
	assert.equal(texts.filter((text) => text === "only once").length, 1);
	assertProblem(await post("x", "k".repeat(129)), 400, "validation", "Idempotency-Key");
});

test("two at once with one key have one effect", async () => {
	const { appeal } = await inWork();
	const post = () => operator.post(path(appeal, "/messages"), { text: "twins" }, { headers: { "idempotency-key": "twins" } });
	const [one, two] = await Promise.all([post(), post()]);
	assert.equal(one.body.id, two.body.id);
});

// ---- bad input ------------------------------------------------------------------------------------------------

test("bad bodies are refused, and the field is named", async () => {
	const { appeal } = await inWork();
	const cases = [
		[{}, "text"], [{ text: "" }, "text"], [{ text: " \n " }, "text"], [{ text: null }, "text"], [{ text: 5 }, "text"],
		[{ text: "x".repeat(4097) }, "text"], [{ text: "a\u0000b" }, "text"], [{ text: "x", extra: 1 }, "extra"],
	];
	for (const [body, field] of cases)
		assertProblem(await operator.post(path(appeal, "/messages"), body), 400, "validation", field);
	assert.equal((await operator.post(path(appeal, "/messages"), { text: "ё".repeat(4096) })).status, 201);
});

test("what is no JSON gets 400, what is no JSON by its type 415, what is too large 413", async () => {
	const { appeal } = await inWork();
	const where = path(appeal, "/messages");
	const json = { "content-type": "application/json" };
	const bodies = ["{", "[]", "", '{"text":"a","text":"b"}', '{"text":"\\ud800"}', "[".repeat(5000), '{"text":"a"}x'];
	for (const body of bodies) {
		const answer = await raw("POST", where, body, json);
		assert.equal(answer.status, 400, body.slice(0, 40));
		assert.equal((await answer.json()).errors[0].field, "body");
	}
	assert.equal((await raw("POST", where, '{"text":"a"}', { "content-type": "text/plain" })).status, 415);
	assert.equal((await raw("POST", where, `{"text":"${"x".repeat(200_000)}"}`, json)).status, 413);
});

test("bad queries are refused by name", async () => {
	const cases = [
		["limit=0", "limit"], ["limit=201", "limit"], ["limit=x", "limit"], ["limit=1&limit=2", "limit"], ["state=old", "state"],
		["assignee=you", "assignee"], ["customer=-1", "customer"], ["cursor=!!!", "cursor"], ["stat=new", "stat"],
	];
	for (const [query, field] of cases)
		assertProblem(await operator.get(`/api/v1/appeals?${query}`), 400, "validation", field);
	assertProblem(await operator.get("/api/v1/appeals?state=%zz"), 400, "bad-request");
});

test("unknown things get 404, wrong methods 405 with Allow", async () => {
	for (const where of ["/api/v1/appeals/999999", "/api/v1/appeals/999999/messages", "/api/v1/appeals/x", "/api/v1/nothing"])
		assertProblem(await operator.get(where), 404, "not-found");
	assertProblem(await operator.post("/api/v1/appeals/999999/take"), 404, "not-found");
	assertProblem(await operator.post("/api/v1/appeals", { customer_id: 999999, text: "x" }), 404, "not-found", "customer_id");
	const wrong = await operator.request("/api/v1/appeals", { method: "PUT", json: {} });
	assertProblem(wrong, 405, "method-not-allowed");
	assert.equal(wrong.headers.get("allow"), "GET, HEAD, POST, OPTIONS");
	const options = await raw("OPTIONS", "/api/v1/me");
	assert.deepEqual([options.status, options.headers.get("allow")], [204, "GET, HEAD, OPTIONS"]);
});

// One request as bytes; resolves to everything that came until the other side closed.
function bytes(text) {
	return new Promise((done, fail) => {
		const socket = connect(Number(new URL(desk.url).port), "127.0.0.1", () => socket.write(text));
		let got = "";
		socket.setEncoding("latin1");
		socket.setTimeout(10_000, () => socket.destroy(new Error(`still open after ${JSON.stringify(got)}`)));
		socket.on("data", (piece) => { got += piece; });
		socket.on("end", () => done(got));
		socket.on("error", fail);
	});
}

test("shapes used for smuggling get 400 and a closed connection", async () => {
	const shapes = [
		"GET /healthz HTTP/1.1\r\n\r\n",
		"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"GET //healthz HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST /oauth/token HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
		"POST /oauth/token HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx",
		"POST /oauth/token HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"POST /oauth/token HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
	];
	for (const shape of shapes) assert.match(await bytes(shape), /^HTTP\/1\.1 400 /, JSON.stringify(shape));
});

// ---- live updates ------------------------------------------------------------------------------------------------

test("what happens is told live, with the appeal and message as they are", async () => {
	const stream = operator.events();
	await until("the stream", () => stream.open);
	const { appeal } = await newAppeal("Live?");
	const added = await until("message.added", () =>
		stream.events.find((each) => each.kind === "message.added" && each.message?.text === "Live?"));
	assert.equal(added.appeal.id, appeal.id);
	assert.equal(added.id.split("-")[1], String(added.seq));
	assert.equal(added.actor.kind, "customer");
	await operator.post(path(appeal, "/take"));
	const taken = await until("appeal.taken", () => stream.events.find((each) => each.kind === "appeal.taken" && each.appeal_id === appeal.id));
	assert.equal(taken.appeal.assignee.name, "olga");
	await stream.close();
});

test("a stream resumes exactly after the last id", async () => {
	const list = (await operator.get("/api/v1/appeals?limit=1")).body;
	const { appeal } = await inWork();
	for (let i = 0; i < 5; i++) await operator.post(path(appeal, "/messages"), { text: `missed ${i}` });
	const ended = (stream) => until("the last one", () => stream.events.find((each) =>
		each.kind === "message.added" && each.message?.text === "missed 4"));
	const first = operator.events(`${list.epoch}-${list.as_of_seq}`);
	await ended(first);
	const seqs = first.events.map((each) => each.seq);
	assert.deepEqual(seqs, [...new Set(seqs)].sort((a, b) => a - b));
	assert.ok(seqs[0] > list.as_of_seq);
	const middle = first.events[Math.floor(first.events.length / 2)];
	const second = operator.events(middle.id);
	await ended(second);
	const upTo = (stream) => stream.events.filter((each) => each.seq <= seqs.at(-1)).map((each) => each.seq);
	assert.deepEqual(upTo(second), seqs.filter((seq) => seq > middle.seq));
	await first.close();
	await second.close();
});

test("another epoch, or a future id, is told to load anew", async () => {
	const { epoch, as_of_seq: seq } = (await operator.get("/api/v1/appeals?limit=1")).body;
	for (const id of [`${epoch + 1}-1`, `${epoch}-${seq + 100000}`]) {
		const stream = operator.events(id);
		const reset = await until("reset", () => stream.events.find((each) => each.kind === "reset"));
		assert.ok(reset.reason && reset.id === undefined);
		await stream.close();
	}
	assertProblem(await operator.get("/api/v1/events?after=x"), 400, "validation", "after");
});

test("live updates go on while Redis is away", async () => {
	const stream = operator.events();
	await until("the stream", () => stream.open);
	const { appeal } = await inWork();
	await desk.processes.redis.stop();
	try {
		const answer = await operator.post(path(appeal, "/messages"), { text: "without Redis" });
		assert.equal(answer.status, 201);
		await until("the event", () => stream.events.find((each) => each.message?.text === "without Redis"));
		const ready = await until("degraded", async () => {
			const state = await call(`${desk.url}/readyz`);
			return state.body.checks?.redis === "down" && state;
		});
		assert.equal(ready.status, 200);
	} finally {
		await desk.start("redis");
	}
	await stream.close();
});

test("a stream ends when its session is revoked", async () => {
	const client = await desk.signIn("olga", "a long enough password");
	const stream = client.events();
	await until("the stream", () => stream.open);
	await call(`${desk.url}/oauth/revoke`, { method: "POST", form: { token: client.grant.refresh_token } });
	await until("its end", () => stream.closed);
	assert.equal(stream.error, undefined);
});

// ---- the house ------------------------------------------------------------------------------------------------------

test("health, readiness and metrics answer without a token", async () => {
	assert.deepEqual((await call(`${desk.url}/healthz`)).body, { status: "ok" });
	await until("Redis to be back", async () => (await call(`${desk.url}/readyz`)).body.checks.redis === "ok");
	const metrics = await call(`${desk.url}/metrics`);
	assert.match(metrics.headers.get("content-type"), /^text\/plain/);
	for (const name of ["eco_http_requests_total", "eco_http_request_seconds_bucket", "eco_lane_jobs_total", "eco_redis_up 1"])
		assert.ok(metrics.body.includes(name), name);
	assert.equal((await call(`${desk.docsUrl}/healthz`)).status, 200);
});

test("the documentation has every route, and all its references lead somewhere", async () => {
	const { status, body } = await call(`${desk.url}/openapi.json`);
	assert.equal(status, 200);
	assert.match(body.openapi, /^3\.1/);
	const routes = Object.entries(body.paths).flatMap(([where, item]) => Object.keys(item).map((method) => `${method} ${where}`));
	const expected = ["post /oauth/token", "post /oauth/revoke", "get /.well-known/oauth-authorization-server", "get /api/v1/me",
		"get /api/v1/appeals", "post /api/v1/appeals", "get /api/v1/appeals/{id}", "patch /api/v1/appeals/{id}",
		"delete /api/v1/appeals/{id}", "post /api/v1/appeals/{id}/take", "post /api/v1/appeals/{id}/close",
		"get /api/v1/appeals/{id}/messages", "post /api/v1/appeals/{id}/messages",
		"post /api/v1/appeals/{id}/messages/{message_id}/send-again", "get /api/v1/events", "get /healthz", "get /readyz",
		"get /metrics", "get /openapi.json", "get /docs", "get /ui/config.json", "get /"];
	assert.deepEqual(routes.sort(), expected.sort());
	for (const [, ref] of JSON.stringify(body).matchAll(/"\$ref":"#\/([^"]+)"/g))
		assert.ok(ref.split("/").reduce((at, part) => at?.[part], body), ref);
});

test("every answer of the API carries its security headers", async () => {
	for (const where of ["/api/v1/me", "/api/v1/nothing", "/healthz", "/openapi.json"]) {
		const { headers } = await call(desk.url + where);
		assert.equal(headers.get("x-content-type-options"), "nosniff");
		assert.equal(headers.get("referrer-policy"), "no-referrer");
		assert.equal(headers.get("cache-control"), "no-store");
		assert.equal(headers.get("access-control-allow-origin"), null);
	}
	const config = (await call(`${desk.url}/ui/config.json`)).body;
	assert.deepEqual([config.close_after_s, config.timezone], [600, "Europe/Moscow"]);
	assert.ok(config.sandbox_url.startsWith("http://"));
});

test("HEAD is GET without a body", async () => {
	const head = await raw("HEAD", "/api/v1/me");
	assert.equal(head.status, 200);
	assert.ok(Number(head.headers.get("content-length")) > 0);
	assert.equal(await head.text(), "");
});
