// tests/bench/figures/durable.mjs -- durable tasks: a row, an entry, one effect, order by key; one worker. The tasks are timers that are void, so
// that the worker does all that a task needs and nothing for its own sake.

import { join } from "node:path";
import { ROOT, until } from "../../e2e/harness.mjs";
import { recordsSay, withDesk } from "../desk.mjs";
import { interleaved, quiet, run } from "../measure.mjs";
import { bullMq, durableFloor, withRedis } from "../peers.mjs";

const BENCH = join(ROOT, "build/release/bench/durable_bench");
const TASKS = 100000, JOBS = 20000, BATCH = 128;

// On records of its own, the worker started after all is told: from its start until no row is left.
const addAndWork = (count, keys) => withDesk({ start: ["scheduler"] }, async (desk) => {
	const added = JSON.parse(await run(BENCH, [desk.dir, String(count), String(keys)]));
	if (added.failed) throw new Error(`${added.failed} tasks were not taken`);
	await quiet();
	const began = performance.now();
	await desk.start("worker");
	await until("no task left", async () => (await recordsSay(desk, "SELECT count(*) FROM (SELECT 1 FROM tasks LIMIT 1)")) === "0", 120000);
	return { enqueue: added.per_s, process: count / (performance.now() - began) * 1000 };
});

const floor = (keys) => () => withRedis((redis) => durableFloor(redis, TASKS, BATCH, keys));

export async function figure({ rounds, peers }) {
	const values = await interleaved(rounds, {
		ours: () => addAndWork(TASKS, 0), ...(peers && { floor: floor(0) }),
		keyed: () => addAndWork(TASKS, 1000), ...(peers && { floorKeyed: floor(1000), bull: () => withRedis((redis) => bullMq(redis, JOBS)) }),
	});
	const of = (results, field) => results?.map((result) => result[field]);
	const row = (what, results, field, name, besides, reach, aim) => ({ what, unit: "tasks/s", ours: of(results, field),
		...(besides && { beside: { name, values: of(besides, field) }, reach, aim }) });
	const sizes = [];
	for (const count of [3000, 30000, 300000]) sizes.push([String(count), (await addAndWork(count, 0)).process]);
	return [
		row("durable, processed", values.ours, "process", "durablefloor", values.floor, 0.5, 0.8),
		row("durable, processed, 1,000 keys", values.keyed, "process", "durablefloor", values.floorKeyed, 0.5, 0.8),
		row("durable, processed", values.ours, "process", "BullMQ(100)", values.bull, 4, 7),
		row("durable, processed, 1,000 keys", values.keyed, "process", "BullMQ(100)", values.bull, 4, 7),
		row("durable, enqueued", values.ours, "enqueue", "durablefloor", values.floor, 0.5, 0.8),
		{ what: "durable, processed, by tasks", unit: "tasks/s", curve: sizes },
	];
}
