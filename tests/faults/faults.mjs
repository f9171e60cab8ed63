// tests/faults/faults.mjs -- the table of faults: how each begins and how it ends. The runner draws from it.
//
// A row: name; weight (how often, 1 by default); begin(at), which may return end(); hold: [least, most] ms between the two.
// needs: what the desk must have; slow: ours waits for 30 s after it, which a short run has not.
// `at` is the ground it happens on: { desk, keeper, random, processes }.

import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { execFile } from "node:child_process";
import { call, until } from "../e2e/harness.mjs";
import { pause } from "./keeper.mjs";
import { rows, TASK } from "./records.mjs";

const MINUTE_MS = 60_000;
const STOP_MS_MAX = 10_000;
const SUPPORT_TOKEN = "7000000001:sandbox-support";
const LONG_S = 10_000;
const CALLS_BACK_MS = 60_000;
let serial = 1;	// two faults of a kind may overlap

// ---- processes -------------------------------------------------------------------------------------

const anyProcess = (at) => at.random.of(at.processes);

async function kill(at) {
	at.note(anyProcess(at)).child.kill("SIGKILL");
}

async function freeze(at) {
	const process = at.note(anyProcess(at));
	process.child.kill("SIGSTOP");
	return () => process.child.kill("SIGCONT");
}

// An orderly end: within ten seconds, with exit code 0.
async function terminate(at) {
	const process = at.note(anyProcess(at));
	if (process.ended) return;
	const began = Date.now();
	const exit = process.exit;
	process.child.kill("SIGTERM");
	const { code, signal } = await exit;
	if (signal === null && code !== 0) throw new Error(`${process.name} ended by SIGTERM with code ${code}`);
	if (Date.now() - began > STOP_MS_MAX) throw new Error(`${process.name} took ${Date.now() - began} ms to stop`);
}

// ---- Redis -----------------------------------------------------------------------------------------

const streams = ["deliver", "edit_markup", "close_appeal"].flatMap((type) => [`eco:stream:${type}:interactive`, `eco:stream:${type}:bulk`]);
// To a Redis that another fault has taken down it is not said.
const redis = (...words) => async (at) => {
	const stream = at.random.of(streams);
	await at.desk.redis(...words.map((word) => (word === "STREAM" ? stream : word))).catch(() => {});
};
const redisData = (at) => join(at.desk.dir, "redis", "redis-aof");

async function redisDown(at) {
	await at.keeper.hold("redis", "SIGKILL");
	return () => at.keeper.let("redis");
}

async function redisEmpty(at) {
	await at.keeper.hold("redis", "SIGKILL");
	await rm(redisData(at), { recursive: true, force: true });
	return () => at.keeper.let("redis");
}

// What Redis held some seconds ago comes back.
async function redisOld(at) {
	const copy = `${redisData(at)}-old-${serial++}`;
	// Another fault may have taken it away just now: then it comes back empty.
	await cp(redisData(at), copy, { recursive: true }).catch(() => {});
	await pause(at.random.between(1000, 4000));
	await at.keeper.hold("redis", "SIGKILL");
	await rm(redisData(at), { recursive: true, force: true });
	await cp(copy, redisData(at), { recursive: true }).catch(() => rm(redisData(at), { recursive: true, force: true }));
	await rm(copy, { recursive: true, force: true });
	return () => at.keeper.let("redis");
}

async function redisFreeze(at) {
	at.desk.processes.redis.child.kill("SIGSTOP");
	return () => at.desk.processes.redis.child.kill("SIGCONT");
}

async function redisFull(at) {
	const set = (size) => at.desk.redis("config", "set", "maxmemory", size).catch(() => {});
	await set("1mb");
	return () => set("512mb");
}

// ---- Telegram ----------------------------------------------------------------------------------------

// One kind of fault, some times; what is left of it goes at the end.
const telegram = (kind, more = {}) => async (at) => {
	const fault = { kind, count: at.random.between(1, 10), ...(typeof more === "function" ? more(at) : more) };
	const { status, body } = await at.desk.faults(fault);
	if (status !== 201) throw new Error(`fault ${kind}: ${status} ${JSON.stringify(body)}`);
	return () => call(`${at.desk.sandbox}/sandbox/v1/support/faults`, { method: "DELETE" });
};
const sending = (more = {}) => (at) => ({ method: at.random.of(["sendMessage", "*"]), ...more });
const polling = (more = {}) => ({ method: "getUpdates", ...more });

// What was under way has come back, and is recorded. A frozen process is buried or goes on.
async function callsBack(desk) {
	const running = async (more = "") => (await rows(desk, `SELECT id FROM tasks WHERE state = ${TASK.running}${more}`)).map((row) => row.id);
	const ids = await running();
	await until("calls to come back", async () => !(await running(` AND id IN (${ids})`)).length, CALLS_BACK_MS);
}

async function longPause(at) {
	const end = await telegram("rate_limit", { method: "sendMessage", seconds: LONG_S, count: 2 })(at);
	return async () => {
		await end();
		await callsBack(at.desk);	// any of them may have been told to wait
		await at.desk.passTime(LONG_S * 1000 + MINUTE_MS);
	};
}

// It sees what is there and confirms nothing; the older of the two polls gets 409.
async function secondPoller(at) {
	await call(`${at.desk.sandbox}/bot${SUPPORT_TOKEN}/getUpdates?timeout=1&offset=0&limit=1`).catch(() => {});
}

// ---- the machine ---------------------------------------------------------------------------------------

async function diskFull(at) {
	const filler = join(at.desk.dir, `filler-${serial++}`);
	await new Promise((done) => execFile("dd", ["if=/dev/zero", `of=${filler}`, "bs=64k"], () => done()));
	return () => rm(filler, { force: true });
}

// Every COMMIT of one process takes long.
async function diskSlow(at) {
	const process = at.note(anyProcess(at));
	process.env = { ...process.env, ECO_CRASH: "records.in_commit_durable:1:slow" };
	process.child.kill("SIGTERM");
	return () => {
		process.env = { ...process.env, ECO_CRASH: "" };
		process.child.kill("SIGTERM");
	};
}

const clock = (sign) => async (at) => {
	const ms = sign * at.random.between(1000, 15 * MINUTE_MS);
	await at.desk.passTime(ms);
	return sign < 0 ? () => at.desk.passTime(-ms) : undefined;
};

// ---- the table -------------------------------------------------------------------------------------------

export const faults = [
	{ name: "kill", begin: kill, hold: [0, 500], weight: 4 },
	{ name: "freeze past the beat", begin: freeze, hold: [6500, 9000] },
	{ name: "freeze a little", begin: freeze, hold: [100, 3000], weight: 2 },
	{ name: "terminate", begin: terminate, hold: [0, 500], weight: 3 },
	{ name: "redis FLUSHALL", begin: redis("flushall"), hold: [0, 1000], weight: 2 },
	{ name: "redis DEL of a stream", begin: redis("del", "STREAM"), hold: [0, 1000] },
	{ name: "redis XGROUP DESTROY", begin: redis("xgroup", "destroy", "STREAM", "workers"), hold: [0, 1000] },
	{ name: "redis SCRIPT FLUSH", begin: redis("script", "flush"), hold: [0, 100] },
	{ name: "redis CLIENT KILL", begin: redis("client", "kill", "type", "normal", "skipme", "yes"), hold: [0, 100] },
	{ name: "redis CLIENT KILL of subscribers", begin: redis("client", "kill", "type", "pubsub"), hold: [0, 100] },
	{ name: "redis down", begin: redisDown, hold: [100, 4000] },
	{ name: "redis back empty", begin: redisEmpty, hold: [0, 3000] },
	{ name: "redis back with an old snapshot", begin: redisOld, hold: [0, 2000] },
	{ name: "redis frozen", begin: redisFreeze, hold: [200, 6000] },
	{ name: "redis full", begin: redisFull, hold: [500, 4000] },
	{ name: "429, short", begin: telegram("rate_limit", { seconds: 1 }), hold: [500, 2000] },
	{ name: "429, 10,000 s", begin: longPause, hold: [500, 2000] },
	{ name: "403", begin: telegram("blocked", { method: "sendMessage", count: 2 }), hold: [500, 2000] },
	{ name: "400", begin: telegram("bad_request", { method: "sendMessage", count: 2 }), hold: [500, 2000] },
	{ name: "500", begin: telegram("error_500", sending()), hold: [500, 2000] },
	{ name: "500, accepted", begin: telegram("error_500", sending({ accepted: true })), hold: [500, 2000] },
	{ name: "502 with HTML", begin: telegram("html_502", sending()), hold: [500, 2000] },
	{ name: "truncated JSON", begin: telegram("truncated", sending()), hold: [500, 2000] },
	{ name: "delay", begin: telegram("delay", (at) => sending({ delay_ms: at.random.between(200, 4000) })(at)), hold: [1000, 4000] },
	{ name: "reset before accept", begin: telegram("reset_before", sending()), hold: [500, 2000] },
	{ name: "accepted, reply lost", begin: telegram("reply_lost", sending()), hold: [500, 2000] },
	{ name: "polls: 500", begin: telegram("error_500", polling()), hold: [500, 2000] },
	{ name: "polls: 502 with HTML", begin: telegram("html_502", polling()), hold: [500, 2000] },
	{ name: "polls: truncated", begin: telegram("truncated", polling()), hold: [500, 2000] },
	{ name: "polls: reset", begin: telegram("reset_before", polling()), hold: [500, 2000] },
	{ name: "polls: reply lost", begin: telegram("reply_lost", polling()), hold: [500, 2000] },
	{ name: "polls: duplicate updates", begin: telegram("duplicate_update", polling({ count: 2 })), hold: [500, 2000], weight: 2 },
	{ name: "a second poller", begin: secondPoller, hold: [0, 100], slow: true },
	{ name: "disk full", begin: diskFull, hold: [300, 3000], needs: "tmpfs" },
	{ name: "disk slow", begin: diskSlow, hold: [1000, 4000] },
	{ name: "clock forward", begin: clock(1), hold: [0, 500] },
	{ name: "clock back", begin: clock(-1), hold: [500, 3000] },
];

// Ids that jump down need an empty queue of updates: the runner does it between two rounds.
export const idsJumpDown = (desk) => desk.faults({ kind: "id_jump_down" });
