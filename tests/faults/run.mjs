// tests/faults/run.mjs -- the real processes under load and under faults drawn at random, checked by one ledger.
//
//   SECONDS=300 SEED=42 BIN_DIR=build/address/bin node tests/faults/run.mjs
//
// Says its seed first; the same seed draws the same faults. A round: load and faults for some seconds, then all faults end,
// then everything must get done by itself, then the ledger must be right. ONLY=name (a pattern) draws from fewer faults,
// TROUBLES=4 has as many at once (2), CUSTOMERS=20 as many people write (6). VERBOSE=1 says what happens when.

import { randomInt } from "node:crypto";
import { readFile } from "node:fs/promises";
import { startDesk, until } from "../e2e/harness.mjs";
import { faults, idsJumpDown } from "./faults.mjs";
import { Keeper, pause } from "./keeper.mjs";
import { Ledger } from "./ledger.mjs";
import { Load } from "./load.mjs";
import { Random } from "./random.mjs";

const SECONDS = Number(process.env.SECONDS ?? 300);
const SEED = process.env.SEED ? Number(process.env.SEED) : randomInt(1 << 30);
const TROUBLES = Number(process.env.TROUBLES || 2);
const CUSTOMERS = Number(process.env.CUSTOMERS || 6);
const ROUND_MS = [8_000, 14_000];
const SETTLE_MS = 90_000;	// a second poller alone makes ours wait for 30 s
const DISK = "96m";
const NAMES = ["scheduler", "scheduler2", "api", "worker", "worker2", "worker3", "worker4", "worker5", "bots", "bots2"];

const random = new Random(SEED);
const began = Date.now();
const log = [];
const say = (text) => {
	const line = `${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}`;
	log.push(line);
	if (process.env.VERBOSE) console.log(line);
};

// ---- faults ----------------------------------------------------------------------------------------

function drawFrom(desk) {
	const fit = faults.filter((fault) => (!fault.needs || desk[fault.needs]) && (!fault.slow || SECONDS >= 120) && (!process.env.ONLY || new RegExp(process.env.ONLY).test(fault.name)));
	if (!fit.length) throw new Error(`no fault is named ${process.env.ONLY}`);
	return fit.flatMap((fault) => Array(fault.weight ?? 1).fill(fault));
}

// One after the other, sometimes two at once.
async function trouble(ground, deck, untilMs, used) {
	while (Date.now() < untilMs) {
		const fault = ground.random.of(deck);
		const hold = ground.random.between(...fault.hold);
		let whom = "";
		const at = { ...ground, note: (name) => ((whom = ` ${name}`), ground.desk.processes[name]) };
		used.set(fault.name, (used.get(fault.name) ?? 0) + 1);
		const end = await fault.begin(at);
		say(`${fault.name}${whom}${end ? ` for ${hold} ms` : ""}`);
		await pause(hold);
		if (end) await end();
		await pause(ground.random.between(100, 1500));
	}
}

async function round(ground, deck, ledger, used, number) {
	const load = new Load(ground.desk, ledger, ground.random.fork(), { customers: CUSTOMERS });
	load.next = 1000 * (number + 1);
	await load.start();
	const untilMs = Date.now() + ground.random.between(...ROUND_MS);
	try {
		await Promise.all(Array.from({ length: TROUBLES }, () => trouble({ ...ground, random: ground.random.fork() }, deck, untilMs, used)));
	} finally {
		await load.stop();
	}
	const tookMs = await ledger.settle(SETTLE_MS);
	const problems = await ledger.problems();
	if (problems.length) throw new Error(`the ledger is wrong:\n  ${problems.join("\n  ")}`);
	await idsJumpDown(ground.desk);
	say(`round ${number}: all done after ${tookMs} ms`);
	return tookMs;
}

// ---- the run ---------------------------------------------------------------------------------------

const openDesk = async () => {
	// A sanitizer keeps 256 MB of freed memory by itself: too much to see ours.
	const env = { ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ""}:quarantine_size_mb=8:thread_local_quarantine_size_kb=64`, ECO_POLL_S: "1", ECO_CHAT_PER_S: "20", ECO_SEND_PER_S: "200" };
	const desk = await startDesk({ env, only: [], disk: DISK });
	const keeper = new Keeper(desk);
	await keeper.start(["redis"]);
	await desk.start("sandbox");	// Telegram itself does not forget
	await keeper.start(NAMES);
	await until("readiness", async () => (await fetch(`${desk.url}/readyz`)).ok);
	return { desk, keeper };
};

async function memoryOf(desk) {
	const sizes = await Promise.all(NAMES.map(async (name) => {
		const text = await readFile(`/proc/${desk.processes[name].child.pid}/status`, "utf8").catch(() => "");
		return Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0);
	}));
	return Math.round(Math.max(...sizes) / 1024);
}

console.log(`faults: SEED=${SEED} SECONDS=${SECONDS}`);
const { desk, keeper } = await openDesk();
const ledger = new Ledger(desk);
const used = new Map(), settled = [];
let code = 0;
try {
	const ground = { desk, keeper, random, processes: NAMES };
	for (let number = 0; Date.now() - began < SECONDS * 1000; number++) settled.push(await round(ground, drawFrom(desk), ledger, used, number));
	const unknown = await ledger.unknown();
	console.log([...used].sort().map(([name, count]) => `  ${String(count).padStart(3)} ${name}`).join("\n"));
	console.log(`faults: ${settled.length} rounds, ${ledger.written.length} written, ${ledger.answered.length} answered, ${unknown} not confirmed, `
		+ `done ${Math.max(...settled)} ms after the last fault at the latest, ${keeper.deaths.length} deaths, largest process ${await memoryOf(desk)} MB`);
} catch (error) {
	code = 1;
	console.log(log.slice(-60).join("\n"));
	await desk.printLogs();
	console.log(`faults: FAILED with SEED=${SEED}: ${error.stack}${error.cause ? `\n${error.cause.stack}` : ""}`);
}
try {
	await keeper.stop();
	await desk.stop();
} catch (error) {
	code = 1;
	console.log(`faults: FAILED at the end with SEED=${SEED}: ${error.message}`);
}
console.log(code === 0 ? "1 passed, 0 failed" : "0 passed, 1 failed");
process.exit(code);
