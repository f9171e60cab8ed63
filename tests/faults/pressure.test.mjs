// tests/faults/pressure.test.mjs -- full disk, full Redis, Telegram away, Redis lost: what can't be kept is refused before it is
// taken, memory stays flat, the backlog drains in order.
//
// BACKLOG=100000 sets how many messages wait while Telegram is away (20,000 by default: draining them takes the time).

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { call, startDesk, until } from "../e2e/harness.mjs";
import { chatOf, seedBacklog } from "./backlog.mjs";
import { pause } from "./keeper.mjs";
import { Ledger } from "./ledger.mjs";
import { rows } from "./records.mjs";

const ALL = ["redis", "sandbox", "scheduler", "api", "worker", "bots"];
const SERVICES = ["scheduler", "api", "worker", "bots"];
const BACKLOG = Number(process.env.BACKLOG ?? 20_000);
const CHATS = 500;
const LOST = 100_000;
const BACK_MS = 5000;
const HOUR_MS = 3_600_000;
const GROWTH_MB = 48;
// A sanitizer keeps 256 MB of freed memory by itself.
const MEASURED = { ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ""}:quarantine_size_mb=8:thread_local_quarantine_size_kb=64` };

async function memory(desk) {
	const found = {};
	for (const name of SERVICES.filter((each) => desk.processes[each] && !desk.processes[each].ended)) {
		const text = await readFile(`/proc/${desk.processes[name].child.pid}/status`, "utf8");
		found[name] = Math.round(Number(/VmRSS:\s+(\d+)/.exec(text)[1]) / 1024);
	}
	return found;
}

function assertFlat(before, after) {
	for (const name of Object.keys(before)) assert.ok(after[name] - before[name] <= GROWTH_MB, `${name} grew from ${before[name]} to ${after[name]} MB`);
}

async function inWork(desk, operator, ledger, number) {
	const customer = desk.customer(number);
	await customer.writes(`${number} begins`);
	ledger.written.push({ chat: number, text: `${number} begins` });
	const appeal = await desk.appealOf(operator, customer, "new");
	assert.equal((await operator.post(`/api/v1/appeals/${appeal.id}/take`)).status, 200);
	return { customer, appeal };
}

const ask = (operator, appeal, text) => operator.post(`/api/v1/appeals/${appeal.id}/messages`, { text });

// ---- a full disk ---------------------------------------------------------------------------------------------

test("a full disk: writes get 503 with Retry-After, reads go on, nothing refused is kept, and it goes on by itself", async (t) => {
	const desk = await startDesk({ only: [], disk: "64m", env: { ...MEASURED, ECO_POLL_S: "1", ECO_CHAT_PER_S: "50" } });
	t.after(() => desk.stop());
	if (!desk.tmpfs) return t.skip("a file system of its own can't be mounted here");
	await desk.start(ALL);
	await desk.settled();
	const operator = await desk.signIn();
	const ledger = new Ledger(desk);
	const { customer, appeal } = await inWork(desk, operator, ledger, 1);
	await ledger.settle();
	const before = await memory(desk);
	const filler = join(desk.dir, "filler");
	await new Promise((done) => execFile("dd", ["if=/dev/zero", `of=${filler}`, "bs=4k"], done));
	await until("the first refusal", async () => (await ask(operator, appeal, "too much")).status === 503);
	const refused = await Promise.all(Array.from({ length: 300 }, (_, i) => ask(operator, appeal, `refused ${i}`)));
	for (const answer of refused) {
		assert.equal(answer.status, 503, JSON.stringify(answer.body));
		assert.ok(Number(answer.headers.get("retry-after")) >= 1);
	}
	assert.equal((await operator.get("/api/v1/appeals")).status, 200);
	const form = { grant_type: "password", username: "admin", password: await desk.password() };
	for (let i = 0; i < 15; i++)	// that is no wrong password: nobody is locked out for it
		assert.equal((await call(`${desk.url}/oauth/token`, { method: "POST", form })).status, 503);
	for (let i = 0; i < 20; i++) {
		await customer.writes(`while it is full ${i}`);
		ledger.written.push({ chat: 1, text: `while it is full ${i}` });
	}
	await pause(1500);	// the bots meet the full disk
	assertFlat(before, await memory(desk));
	await rm(filler);
	await until("writes to go on", async () => {
		const text = `after it ${ledger.serial++}`;
		const answer = await ask(operator, appeal, text);
		if (answer.status === 201) ledger.answered.push({ id: answer.body.id, text });
		return answer.status === 201;
	});
	await ledger.settle();
	assert.deepEqual(await ledger.problems(), []);
	assert.deepEqual(await rows(desk, "SELECT text FROM messages WHERE text LIKE 'refused%'"), []);
	for (const name of SERVICES) assert.equal(desk.processes[name].ended, undefined, `${name} ended`);
});

// ---- a full Redis ----------------------------------------------------------------------------------------------

test("a full Redis: what is accepted is kept in the records and told when there is room", async (t) => {
	const desk = await startDesk({ only: ALL, env: { ...MEASURED, ECO_POLL_S: "1", ECO_CHAT_PER_S: "200", ECO_SEND_PER_S: "500" } });
	t.after(() => desk.stop());
	await desk.settled();
	const operator = await desk.signIn();
	const ledger = new Ledger(desk);
	const chats = [];
	for (let number = 1; number <= 5; number++) chats.push(await inWork(desk, operator, ledger, number));
	await ledger.settle();
	const before = await memory(desk);
	await desk.redis("config", "set", "maxmemory", "1mb");
	for (let i = 0; i < 40; i++)
		for (const { appeal } of chats) {
			const text = `full ${i} of ${appeal.id}`;
			const answer = await ask(operator, appeal, text);
			assert.equal(answer.status, 201, JSON.stringify(answer.body));
			ledger.answered.push({ id: answer.body.id, text });
		}
	await pause(7000);	// longer than a beat may be missing: a full Redis kills nobody
	assertFlat(before, await memory(desk));
	assert.deepEqual(await rows(desk, "SELECT incarnation FROM workers WHERE ended = 2"), [], "declared dead");
	await desk.redis("config", "set", "maxmemory", "512mb");
	const tookMs = await ledger.settle();
	assert.deepEqual(await ledger.problems(), []);
	t.diagnostic(`all told and sent ${tookMs} ms after there was room`);
});

// ---- a lost Redis --------------------------------------------------------------------------------------------------

// Everything is down, and this many messages wait.
async function openWithBacklog(t, { chats, each, env }) {
	const desk = await startDesk({ only: ["redis", "sandbox", "api"], env: { ...MEASURED, ECO_POLL_S: "1", ...env } });
	t.after(() => desk.stop());
	await until("the first employee", () => desk.password());
	await desk.processes.api.stop();
	await seedBacklog(desk.dir, { chats, each });
	return desk;
}

const inStream = async (desk) => Number(await desk.redis("xlen", "eco:stream:deliver:interactive"));

test("a lost Redis holds 100,000 unfinished tasks again within 5 s of its return", async (t) => {
	const desk = await openWithBacklog(t, { chats: LOST, each: 1 });
	await desk.start(["scheduler"]);
	await until("the first building", async () => (await inStream(desk)) === LOST && /ready$/.test(await desk.redis("get", "eco:epoch")), 60000);
	const epoch = await desk.redis("get", "eco:epoch");
	await desk.processes.redis.kill("SIGKILL");
	await rm(join(desk.dir, "redis", "redis-aof"), { recursive: true, force: true });
	await desk.start("redis");
	const began = Date.now();
	await until("all to be back", async () => {
		const now = await desk.redis("get", "eco:epoch");
		return now !== epoch && /ready$/.test(now) && (await inStream(desk)) === LOST;
	}, 60000);
	const tookMs = Date.now() - began;
	t.diagnostic(`${LOST} tasks were back after ${tookMs} ms`);
	assert.ok(tookMs <= BACK_MS, `${tookMs} ms`);
});

// ---- Telegram away ---------------------------------------------------------------------------------------------------

async function chatTexts(desk, chat) {
	const { body } = await call(`${desk.sandbox}/sandbox/v1/support/users/${chat}/chat`);
	return (body.items ?? body).filter((message) => message.author === "bot").map((message) => message.text);
}

test(`Telegram away for an hour with ${BACKLOG} messages waiting: accepted goes on, memory is flat, the backlog drains in order`, async (t) => {
	const each = BACKLOG / CHATS;
	const desk = await openWithBacklog(t, { chats: CHATS, each, env: { ECO_CHAT_PER_S: "10000", ECO_SEND_PER_S: "10000", ECO_WORKER_SLOTS: "256" } });
	await desk.processes.sandbox.stop();
	await desk.start(["scheduler", "api", "worker"]);
	await desk.settled();
	const operator = await desk.signIn();
	await until("calls to fail", async () => (await rows(desk, "SELECT count(*) AS n FROM tasks WHERE attempt > 0"))[0].n >= CHATS / 2, 60000);
	const before = await memory(desk);
	for (let minute = 0; minute < 60; minute += 5) {
		await desk.passTime(HOUR_MS / 12);
		const { status, body } = await ask(operator, { id: 1 + minute }, "while Telegram is away");
		assert.equal(status, 201, JSON.stringify(body));
		await pause(300);
	}
	assertFlat(before, await memory(desk));
	assert.equal((await rows(desk, "SELECT count(*) AS n FROM messages WHERE delivery IN (4, 5)"))[0].n, 0, "given up");

	// The sandbox forgets whom it knew: they write again before anybody sends to them.
	await desk.processes.worker.stop();
	await desk.start("sandbox");
	for (let appeal = 1; appeal <= CHATS; appeal++) await desk.customer(chatOf(appeal)).writes("Are you there?");
	await desk.start("worker");
	const [started, began] = [await memory(desk), Date.now()];
	await desk.passTime(HOUR_MS / 12);	// the longest pause between two attempts is over
	await until("the backlog to be gone", async () => (await rows(desk, "SELECT count(*) AS n FROM tasks WHERE type = 0"))[0].n === 0, 600_000);
	const tookMs = Date.now() - began;
	const lost = await rows(desk, "SELECT delivery, delivery_reason AS reason, count(*) AS n FROM messages WHERE author = 1 AND delivery <> 3 GROUP BY 1, 2");
	assert.deepEqual(lost, [], "not sent");
	const expected = Array.from({ length: each }, (_, i) => `answer ${i + 1}`);
	for (let appeal = 1; appeal <= CHATS; appeal++) {
		const texts = (await chatTexts(desk, chatOf(appeal))).filter((text) => text.startsWith("answer"));
		assert.deepEqual(texts, expected, `chat ${appeal}`);
	}
	const ended = await memory(desk);
	assertFlat(before, ended);
	t.diagnostic(`${BACKLOG} messages were sent ${tookMs} ms after its return, memory ${JSON.stringify(before)}, ${JSON.stringify(started)}, ${JSON.stringify(ended)} MB`);
});
