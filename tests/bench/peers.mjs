// tests/bench/peers.mjs -- what the product is measured beside: bare C floors, FastAPI and BullMQ, each on the same machine in the same
// run. FLOORS names the folder with their sources (default ../shared/bench); where it is not there, figures are printed alone.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, ROOT, until } from "../e2e/harness.mjs";
import { run } from "./measure.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const SOURCES = resolve(ROOT, process.env.FLOORS ?? "../shared/bench");
const OUT = join(ROOT, "build/floors");

export const havePeers = existsSync(join(SOURCES, "richfloor.c"));

export async function buildFloors() {
	if (havePeers) await run("make", ["-s", "-C", SOURCES, `BENCH_OUT=${OUT}`]);
}

// ---- processes that live for the time of one figure ---------------------------------------------------

async function ended(child) {
	if (child.exitCode === null && child.signalCode === null) await new Promise((done) => child.once("exit", done));
}

// Starts it, waits until `ready`, hands it to `work`, and ends it whatever happened.
async function withProcess(file, args, options, ready, work) {
	const child = spawn(file, args, { stdio: "ignore", ...options });
	try {
		await until(`${file} to be ready`, ready, 30000);
		return await work(child);
	} finally {
		child.kill("SIGTERM");
		await ended(child);
	}
}

async function withFolder(work) {
	const dir = await mkdtemp(join(tmpdir(), "eco-bench-"));
	try {
		return await work(dir);
	} finally {
		await rm(dir, { recursive: true, force: true });
	}
}

// A Redis as the product's own, with a port beside the socket: {port, socket, cli}.
export const withRedis = (work) => withFolder(async (dir) => {
	const port = await freePort();
	const socket = join(dir, "redis.sock");
	const cli = async (...words) => (await run("redis-cli", ["-s", socket, ...words])).trim();
	return withProcess("redis-server", [join(ROOT, "redis/redis.conf"), "--port", port, "--unixsocket", socket, "--dir", dir,
		"--maxmemory", "2gb"], {}, async () => (await cli("ping")) === "PONG", () => work({ port, socket, cli }));
});

const answers = (url) => async () => (await fetch(url)).ok;

// richfloor: the same work for an answer, bare. Also the naive list.
export const withRichFloor = (redis, work) => withFolder(async (dir) => {
	const port = await freePort();
	const url = `http://127.0.0.1:${port}`;
	return withProcess(join(OUT, "richfloor"), [port, join(dir, "floor.db"), redis.socket, "FULL", "0"], {},
		answers(`${url}/appeals?status=open&limit=50`), () => work(url));
});

// FastAPI with SQLAlchemy, WAL, synchronous=FULL and a pool: its best setting here.
export const withFastApi = (work) => withFolder(async (dir) => {
	const port = await freePort();
	const url = `http://127.0.0.1:${port}`;
	const env = { ...process.env, DB: join(dir, "app.db"), WAL: "1", POOL: "1", PYTHONDONTWRITEBYTECODE: "1" };
	await run("/usr/bin/python3", ["fastapp.py"], { env, cwd: SOURCES });
	return withProcess("/usr/bin/python3", ["-m", "uvicorn", "fastapp:app", "--host", "127.0.0.1", "--port", port, "--no-access-log",
		"--log-level", "critical"], { env, cwd: SOURCES }, answers(`${url}/hello`), () => work(url));
});

// durablefloor: rows and entries, bare. {enqueue, process} in tasks a second.
export const durableFloor = (redis, count, batch, keys) => withFolder(async (dir) => {
	const out = await run(join(OUT, "durablefloor"), [redis.socket, join(dir, "floor.db"), count, batch, keys].map(String));
	const rate = (word) => Number(new RegExp(`^${word} .*: (\\d+)/s`, "m").exec(out)[1]);
	return { enqueue: rate("enqueue"), process: rate("process") };
});

// ---- BullMQ ------------------------------------------------------------------------------------------------

const bull = async (redis, ...words) =>
	run(process.execPath, [join(SOURCES, "queue/bull.mjs"), String(redis.port), ...words.map(String)],
		{ env: { ...process.env, BENCH_OUT: HERE } });
const jobsPerS = (out) => Number(/([\d.]+) jobs\/s/.exec(out)[1]);

// addBulk(1000), then one worker process with concurrency 100.
export async function bullMq(redis, count) {
	await redis.cli("flushall");
	const enqueue = jobsPerS(await bull(redis, "enqbulk", count, 1000));
	return { enqueue, process: jobsPerS(await bull(redis, "proc", count, 100)) };
}

export async function bullLatency(redis, count) {
	await redis.cli("flushall");
	const [out] = await Promise.all([bull(redis, "latw", count), bull(redis, "latp", count)]);
	return { p50_ms: Number(/p50=([\d.]+)/.exec(out)[1]), p99_ms: Number(/p99=([\d.]+)/.exec(out)[1]) };
}
