// tests/e2e/revoked.test.mjs -- rights that were taken away stay away while Redis is gone, and when it comes back empty.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, startDesk } from "./harness.mjs";

let desk;

before(async () => {
	desk = await startDesk({ only: ["redis", "sandbox", "scheduler", "api"] });
	await desk.settled();
});
after(() => desk?.stop());

const revoke = async (client, kind) => {
	const answer = await call(`${desk.url}/oauth/revoke`, { method: "POST", form: { token: client.grant[kind] } });
	assert.equal(answer.status, 200);
};

// Neither to look, nor to change, nor to come back in.
async function assertRefused(client, when) {
	const { access_token: token, refresh_token } = client.grant;
	assert.equal((await call(`${desk.url}/api/v1/me`, { token })).status, 401, `me ${when}`);
	assert.equal((await call(`${desk.url}/api/v1/appeals`, { token })).status, 401, `list ${when}`);
	assert.equal((await call(`${desk.url}/api/v1/events`, { token })).status, 401, `events ${when}`);
	assert.equal((await call(`${desk.url}/api/v1/appeals/1/take`, { method: "POST", token, json: {} })).status, 401, `take ${when}`);
	const refresh = await call(`${desk.url}/oauth/token`, { method: "POST", form: { grant_type: "refresh_token", refresh_token } });
	assert.equal(refresh.status, 400, `refresh ${when}`);
	assert.equal(refresh.body.error, "invalid_grant");
}

const assertWelcome = async (client, when) =>
	assert.equal((await call(`${desk.url}/api/v1/me`, { token: client.grant.access_token })).status, 200, `welcome ${when}`);

test("revoked rights stay revoked while Redis is gone, and when it comes back empty", async () => {
	const stays = await desk.hire("stays", "operator");
	const byAccess = await desk.hire("by-access", "operator");
	const byRefresh = await desk.hire("by-refresh", "operator");
	const inTheDark = await desk.hire("in-the-dark", "operator");

	await revoke(byAccess, "access_token");
	await desk.processes.redis.kill();
	await assertRefused(byAccess, "after Redis was killed");

	// What is taken away while it is gone counts as well.
	await revoke(byRefresh, "refresh_token");
	await revoke(inTheDark, "access_token");
	const all = [byAccess, byRefresh, inTheDark];
	for (const client of all) await assertRefused(client, "without Redis");
	await assertWelcome(stays, "without Redis");

	await desk.processes.api.kill();
	await desk.start("api");
	for (const client of all) await assertRefused(client, "by an API that never saw Redis");
	await assertWelcome(stays, "by an API that never saw Redis");

	await desk.start("redis");
	await desk.redis("flushall");
	await desk.settled();
	for (const client of all) await assertRefused(client, "with an empty Redis");
	await assertWelcome(stays, "with an empty Redis");
});
