// tests/bench/figures/engine.mjs -- the queue engine without records, over TCP like its peer: no-op tasks told, read, acked; and how late an
// idle worker is.

import { join } from "node:path";
import { ROOT } from "../../e2e/harness.mjs";
import { interleaved, run } from "../measure.mjs";
import { bullLatency, bullMq, withRedis } from "../peers.mjs";

const BENCH = join(ROOT, "build/release/bench/engine_bench");
const TASKS = 100000, JOBS = 20000, BATCH = 128, PAUSED = 300;

const engine = async (redis, ...words) => JSON.parse(await run(BENCH, [`redis://127.0.0.1:${redis.port}`, ...words.map(String)]));

async function tellAndWork(redis, count) {
	await redis.cli("flushall");
	const told = await engine(redis, "publish", count, BATCH);
	const worked = await engine(redis, "work", count);
	return { enqueue: told.per_s, process: worked.per_s };
}

async function latency(redis) {
	await redis.cli("flushall");
	return engine(redis, "latency", PAUSED);
}

export const figure = ({ rounds, peers }) => withRedis(async (redis) => {
	const values = await interleaved(rounds, {
		ours: () => tellAndWork(redis, TASKS), ...(peers && { bull: () => bullMq(redis, JOBS) }),
		idle: () => latency(redis), ...(peers && { bullIdle: () => bullLatency(redis, PAUSED) }),
	});
	const of = (results, field) => results?.map((result) => result[field]);
	const beside = (name, results, field) => results && { name, values: of(results, field) };
	const bounds = (reach, aim) => (peers ? { reach, aim } : {});
	const sizes = [];
	for (const count of [10000, 100000, 1000000]) sizes.push([count, await tellAndWork(redis, count)]);
	return [
		{ what: "engine, processed", unit: "tasks/s", ours: of(values.ours, "process"), beside: beside("BullMQ(100)", values.bull, "process"), ...bounds(8, 12) },
		{ what: "engine, enqueued", unit: "tasks/s", ours: of(values.ours, "enqueue"), beside: beside("addBulk", values.bull, "enqueue"), ...bounds(10, 12) },
		{ what: "idle latency, p50", unit: "ms", ours: of(values.idle, "p50_ms"), less: true, reach: 0.5, aim: 0.3 },
		{ what: "idle latency, p99", unit: "ms", ours: of(values.idle, "p99_ms"), less: true, reach: 5, aim: 2 },
		...(peers ? [{ what: "idle latency, p50", unit: "ms", ours: of(values.idle, "p50_ms"), beside: beside("BullMQ", values.bullIdle, "p50_ms"), less: true }] : []),
		{ what: "engine, processed, by tasks", unit: "tasks/s", curve: sizes.map(([count, result]) => [String(count), result.process]) },
		{ what: "engine, enqueued, by tasks", unit: "tasks/s", curve: sizes.map(([count, result]) => [String(count), result.enqueue]) },
	];
});
