// tests/faults/scenarios.test.mjs -- the zombie, the holder of the lock that stops inside COMMIT, the poison task, the dead
// worker's work elsewhere, the graceful stop, revoked rights.

import assert from "node:assert/strict";
import { readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { call, startDesk, until } from "../e2e/harness.mjs";
import { Keeper, pause } from "./keeper.mjs";
import { Ledger } from "./ledger.mjs";
import { Load } from "./load.mjs";
import { Random } from "./random.mjs";
import { change, deskNow, rows } from "./records.mjs";
import { Up } from "./up.mjs";

const BEAT_DEAD_MS = 6000;
const TAKE_OVER_MS = 10_000, ALONE_MS = 3000;
const STOP_MS = 10_000;
const STALL_MS = 5000;
const UNKNOWN = 5;
const CHATS_AT_ONCE = 8, KILLS = 15;
const DEAD = 3;
const CLOSE_APPEAL = 2, CLOSE_APPEAL_CRASHES = 3;	// domain/task.c

async function ok(promise, status = 200) {
	const answer = await promise;
	assert.equal(answer.status, status, JSON.stringify(answer.body));
	return answer.body;
}

async function openDesk(t, only, env = {}) {
	const desk = await startDesk({ only, env: { ECO_POLL_S: "1", ...env } });
	t.after(() => desk.stop());
	return prepared(desk);
}

async function prepared(desk) {
	await desk.settled();
	return { desk, operator: await desk.signIn(), ledger: new Ledger(desk) };
}

async function inWork({ desk, operator, ledger }, number) {
	const customer = desk.customer(number);
	await customer.writes(`${number} begins`);
	ledger.written.push({ chat: number, text: `${number} begins` });
	const appeal = await desk.appealOf(operator, customer, "new");
	await ok(operator.post(`/api/v1/appeals/${appeal.id}/take`));
	await customer.hears(/has joined/);
	return { customer, appeal };
}

async function answer({ operator, ledger }, appeal, text) {
	const { id } = await ok(operator.post(`/api/v1/appeals/${appeal.id}/messages`, { text }), 201);
	ledger.answered.push({ id, text });
	return id;
}

const deliveryOf = async (desk, id) => (await rows(desk, `SELECT delivery FROM messages WHERE id = ${id}`))[0].delivery;

async function rightAtLast(ledger, timeoutMs) {
	await ledger.settle(timeoutMs);
	assert.deepEqual(await ledger.problems(), []);
}

// ---- the zombie -----------------------------------------------------------------------------------------

test("a worker that sleeps past its death has no effect when it wakes; its send under way shows as not confirmed", async (t) => {
	const here = await openDesk(t, ["redis", "sandbox", "scheduler", "api", "worker", "bots"], { ECO_CHAT_PER_S: "50" });
	const { desk, ledger } = here;
	const { customer, appeal } = await inWork(here, 1);
	await desk.faults({ method: "sendMessage", kind: "delay", delay_ms: 2000, count: 1, user: customer.id });
	const first = await answer(here, appeal, "under way");
	await until("the call to be under way", async () => (await deliveryOf(desk, first)) === 2);
	await desk.redis("client", "pause", "1");	// a turn of Redis, so that the claim's ack is through
	const zombie = desk.processes.worker;
	zombie.child.kill("SIGSTOP");
	const began = Date.now();
	const behind = [];
	for (let i = 0; i < 5; i++) behind.push(await answer(here, appeal, `behind ${i}`));
	await desk.start("worker2");
	await until("what was behind to be sent", async () => (await Promise.all(behind.map((id) => deliveryOf(desk, id)))).every((each) => each === 3), 30000);
	const tookMs = Date.now() - began;
	assert.equal(await deliveryOf(desk, first), UNKNOWN);
	assert.ok(tookMs >= BEAT_DEAD_MS - 2500, `declared dead after ${tookMs} ms: before it could be known`);
	const [{ seq }] = await rows(desk, "SELECT max(seq) AS seq FROM events");

	zombie.child.kill("SIGCONT");
	await until("the call's outcome to be refused", async () => /task\.outcome_refused/.test(await readFile(zombie.logFile, "utf8")));
	assert.deepEqual(await rows(desk, `SELECT * FROM events WHERE seq > ${seq}`), [], "effects of a dead worker");
	assert.equal(await deliveryOf(desk, first), UNKNOWN);
	// It may still read what comes next, and begins nothing of it.
	let next = 0;
	const { code } = await until("the zombie to find itself dead and end", async () => {
		if (!zombie.ended) await answer(here, appeal, `next ${next++}`);
		return zombie.ended;
	}, 30000);
	assert.notEqual(code, 0);
	await rightAtLast(ledger);
	assert.ok(tookMs <= TAKE_OVER_MS, `${tookMs} ms`);
	t.diagnostic(`taken over ${tookMs} ms after it stopped`);
});

// ---- inside COMMIT ----------------------------------------------------------------------------------------

// Which process, and at which passing of COMMIT: late enough to be in the midst of work (the api's first ones are its tables, its
// first employee and the sign-in).
for (const [program, service, nth] of [["workers", "workers", 4], ["bots", "bots", 4], ["api", "api", 20]])
	test(`${program} stopped inside COMMIT holds the others up for the supervisor's 5 s at most`, async (t) => {
		const up = await Up.open({ ECO_CRASH: `${service}/records.in_commit:${nth}:stop`, ECO_CHAT_PER_S: "50" });
		t.after(() => up.close());
		const { desk } = up;
		const here = await prepared(desk);
		// Writes of every kind until one process stands still, then the others' longest wait.
		let longest = 0, stopped = false, number = 1;
		const watch = (async () => {
			await until("it to stop", () => /holds the write lock and stands still/.test(up.out), 60000);
			stopped = true;
		})();
		const operators = (async () => {
			while (!stopped) {
				const began = Date.now();
				const { status } = await here.operator.post("/api/v1/appeals", { customer_id: 1, text: "?" }).catch(() => ({ status: 0 }));
				if (status !== 0) longest = Math.max(longest, Date.now() - began);
				await pause(20);
			}
		})();
		while (!stopped) {
			const customer = desk.customer(number++);
			await customer.writes("hello");
			here.ledger.written.push({ chat: customer.id, text: "hello" });
			const began = Date.now();
			await until("the appeal", async () => stopped || (await rows(desk, `SELECT 1 FROM customers WHERE telegram_id = ${customer.id}`)).length, 20000);
			longest = Math.max(longest, Date.now() - began);
		}
		await Promise.all([watch, operators]);
		await until("the API to be back", async () => (await fetch(`${desk.url}/readyz`)).ok);
		assert.ok(longest <= STALL_MS + 2500, `held up for ${longest} ms`);
		await rightAtLast(here.ledger);
		t.diagnostic(`${program}: the others waited ${longest} ms at most`);
	});

// ---- poison -----------------------------------------------------------------------------------------------

test("a task that kills its worker ends dead after the crashes its row allows, and the others go on", async (t) => {
	const here = await openDesk(t, ["redis", "sandbox", "scheduler", "api", "worker", "bots"]);
	const { desk, ledger } = here;
	const { customer, appeal } = await inWork(here, 1);
	await ledger.settle();
	const worker = desk.processes.worker;
	await worker.stop();
	// Armed like this, a worker does not survive the beginning of this one task.
	const now = await deskNow(desk);
	await change(desk, `INSERT INTO tasks (type, class, state, payload, due_at, ready_at, created_at)
		VALUES (${CLOSE_APPEAL}, 0, 1, '{"appeal_id":999999,"generation":1}', ${now}, ${now}, ${now})`);
	const [{ id: poison }] = await rows(desk, "SELECT max(id) AS id FROM tasks");
	ledger.poison.add(poison);
	await until("it to be told", async () => (await desk.redis("xlen", "eco:stream:close_appeal:interactive")) === "1");
	for (let i = 0; i < 3; i++) await answer(here, appeal, `beside it ${i}`);
	worker.env = { ...worker.env, ECO_CRASH: "transactional.before" };
	let deaths = 0;
	for (let dead = false; !dead; deaths += worker.ended ? 1 : 0) {
		await unlink(join(desk.dir, "crash/workers.transactional.before")).catch(() => {});
		await desk.start("worker");
		await until("the worker to die, or the task to be buried", async () => {
			dead = (await rows(desk, `SELECT state FROM tasks WHERE id = ${poison}`))[0].state === DEAD;
			return dead || worker.ended;
		});
		assert.ok(deaths < 10, "it kills on and on");
	}
	const [row] = await rows(desk, `SELECT crashes, last_error FROM tasks WHERE id = ${poison}`);
	// The first death is not counted: only then is it under suspicion.
	assert.equal(deaths, CLOSE_APPEAL_CRASHES + 1, JSON.stringify(row));
	await customer.hears("beside it 2");
	await until("its entry to be in the dead list", async () => (await desk.redis("xlen", "eco:dead:close_appeal:interactive")) === "1");
	await rightAtLast(ledger);
	t.diagnostic(`buried after ${deaths} deaths: ${row.last_error}`);
});

// ---- a dead worker's work ------------------------------------------------------------------------------------

async function takeOver(t, here, kill) {
	const { desk } = here;
	const chats = [];
	for (let number = 1; number <= 6; number++) chats.push(await inWork(here, number));
	// More than a chat's budget allows at once: entries in hand, some waiting for their turn.
	const ids = [];
	for (const { appeal } of chats) for (let i = 0; i < 8; i++) ids.push(await answer(here, appeal, `${i} of ${appeal.id}`));
	await until("some to be sent", async () => (await rows(desk, "SELECT count(*) AS n FROM messages WHERE author = 1 AND delivery = 3"))[0].n > 6);
	await kill();
	const began = Date.now();
	const [{ seq }] = await rows(desk, "SELECT max(seq) AS seq FROM events");
	await until("work to go on elsewhere", async () =>
		(await rows(desk, `SELECT count(DISTINCT appeal_id) AS n FROM events WHERE seq > ${seq} AND kind = 9`))[0].n === chats.length, 30000);
	const tookMs = Date.now() - began;
	await rightAtLast(here.ledger, 60000);
	return tookMs;
}

test("a dead worker's tasks run elsewhere within 3 s, with nobody to tell of its death", async (t) => {
	const here = await openDesk(t, ["redis", "sandbox", "scheduler", "api", "worker", "worker2", "bots"]);
	const tookMs = await takeOver(t, here, () => here.desk.processes.worker.kill("SIGKILL"));
	assert.ok(tookMs <= ALONE_MS, `${tookMs} ms`);
	t.diagnostic(`all chats went on ${tookMs} ms after the kill`);
});

test("under ecoctl up a dead worker's tasks run on within 3 s", async (t) => {
	const up = await Up.open({ ECO_WORKERS: "2" });
	t.after(() => up.close());
	const here = await prepared(up.desk);
	const tookMs = await takeOver(t, here, async () => process.kill((await up.pids("workers"))[0], "SIGKILL"));
	assert.ok(tookMs <= 3000, `${tookMs} ms`);
	t.diagnostic(`all chats went on ${tookMs} ms after the kill`);
});

test("the window in which a send can't be known is that of the calls under way", async (t) => {
	const desk = await startDesk({ only: ["redis", "sandbox", "scheduler", "api", "bots"],
		env: { ECO_POLL_S: "1", ECO_CHAT_PER_S: "100", ECO_SEND_PER_S: "1000" } });
	const keeper = new Keeper(desk);
	// The keeper first: it would start again what the desk stops.
	t.after(() => keeper.stop().finally(() => desk.stop()));
	const { ledger } = await prepared(desk);
	await keeper.start("worker");
	const load = new Load(desk, ledger, new Random(1), { customers: CHATS_AT_ONCE, operators: 4, pauseMs: 60 });
	await load.start();
	const sent = async () => (await rows(desk, "SELECT count(*) AS n FROM messages WHERE delivery = 3"))[0].n;
	for (let kill = 0; kill < KILLS; kill++) {
		const before = await sent();
		await until("work under way", async () => !desk.processes.worker.ended && (await sent()) > before + 5, 30000);
		desk.processes.worker.child.kill("SIGKILL");
	}
	await load.stop();
	await rightAtLast(ledger, 60000);
	const unknown = await ledger.unknown();
	// One chat has one call at a time: more can't be in doubt.
	assert.ok(unknown <= KILLS * CHATS_AT_ONCE, `${unknown} after ${KILLS} kills`);
	t.diagnostic(`${unknown} sends of ${await sent()} not confirmed after ${KILLS} kills`);
});

// ---- the graceful stop ---------------------------------------------------------------------------------------

test("SIGTERM ends every process within 10 s under load, with nothing half done", async (t) => {
	const here = await openDesk(t, ["redis", "sandbox", "scheduler", "api", "worker", "bots"]);
	const { desk, ledger } = here;
	const { customer, appeal } = await inWork(here, 1);
	// One call that takes as long as a call may, several that wait for their turn.
	await desk.faults({ method: "sendMessage", kind: "delay", delay_ms: 2500, count: 1, user: customer.id });
	for (let i = 0; i < 8; i++) await answer(here, appeal, `stop ${i}`);
	await until("the call to be under way", async () => (await rows(desk, "SELECT 1 FROM messages WHERE delivery = 2")).length);
	const took = {};
	for (const name of ["worker", "bots", "api", "scheduler"]) {
		const began = Date.now();
		desk.processes[name].child.kill("SIGTERM");
		const { code, signal } = await desk.processes[name].exit;
		took[name] = Date.now() - began;
		assert.deepEqual([code, signal], [0, null], name);
		assert.ok(took[name] <= STOP_MS, `${name} took ${took[name]} ms`);
	}
	assert.deepEqual(await rows(desk, "SELECT id FROM tasks WHERE state = 2"), [], "tasks left running");
	assert.deepEqual(await rows(desk, "SELECT id FROM messages WHERE delivery IN (2, 5)"), [], "messages left in between");
	assert.deepEqual(await rows(desk, "SELECT incarnation FROM workers WHERE ended = 0"), [], "workers that did not leave");
	await desk.start(["scheduler", "api", "worker", "bots"]);
	await rightAtLast(ledger);
	assert.equal(await ledger.unknown(), 0);
	t.diagnostic(`stopped after ${JSON.stringify(took)} ms`);
});

// ---- rights -----------------------------------------------------------------------------------------------------

test("revoked rights stay revoked while Redis is gone, and rights that stand go on", async (t) => {
	const { desk, operator } = await openDesk(t, ["redis", "sandbox", "scheduler", "api"]);
	const gone = await desk.signIn();
	assert.equal((await call(`${desk.url}/oauth/revoke`, { method: "POST", form: { token: gone.grant.refresh_token } })).status, 200);
	const refused = async (when) => {
		assert.equal((await call(`${desk.url}/api/v1/me`, { token: gone.token })).status, 401, when);
		const refresh = await call(`${desk.url}/oauth/token`, { method: "POST", form: { grant_type: "refresh_token", refresh_token: gone.grant.refresh_token } });
		assert.equal(refresh.status, 400, when);
		assert.equal((await operator.get("/api/v1/me")).status, 200, when);
	};
	await refused("at first");
	await desk.processes.redis.kill();
	await refused("while Redis is gone");
	await desk.processes.api.kill();
	await desk.start("api");
	await refused("in an API that has never seen Redis");
	await desk.start("redis");
	await desk.redis("flushall");
	await desk.settled();
	await refused("in an empty Redis");
});
