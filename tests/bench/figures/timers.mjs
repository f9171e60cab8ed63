// tests/bench/figures/timers.mjs -- a million closing appeals wait for their time; a hundred a second are due. How late is each closed?

import { recordsSay, withDesk } from "../desk.mjs";
import { memoryMb, quantile, sleep } from "../measure.mjs";
import { until } from "../../e2e/harness.mjs";

const DUE = 1500, STEP_MS = 10;

// The event says when the appeal was closed, its deadline when it should have been.
const late = `SELECT e.at - a.closing_at FROM events e JOIN appeals a ON a.id = e.appeal_id WHERE e.kind = 5 AND a.id <= ${DUE}`;

function closeInTime(pending) {
	let firstMs;
	const timers = () => {
		firstMs = Date.now() + 5000 + Math.round(pending / 30);
		return { count: pending, due: DUE, firstMs, stepMs: STEP_MS };
	};
	return withDesk({ appeals: pending, timers, start: ["sandbox", "scheduler", "api", "worker"] }, async (desk) => {
		const scheduler = desk.processes.scheduler.child.pid;
		let rss = 0;
		if (Date.now() > firstMs) throw new Error("the desk took too long to start: timers were due before");
		await sleep(firstMs - Date.now());
		await until("all to be closed", async () => {
			rss = Math.max(rss, memoryMb(scheduler).rss);
			return Number(await recordsSay(desk, `SELECT count(*) FROM appeals WHERE state = 3 AND id <= ${DUE}`)) === DUE;
		}, 60000);
		const lateMs = (await recordsSay(desk, late)).split("\n").map(Number);
		return { lateMs, rss };
	});
}

export async function figure() {
	const curve = [], memory = [];
	let last;
	for (const pending of [10000, 100000, 1000000]) {
		last = await closeInTime(pending);
		curve.push([`${pending}`, quantile(last.lateMs, 0.99)]);
		memory.push([`${pending}`, last.rss]);
	}
	return [
		{ what: "timer, 1,000,000 pending, 100/s due, p50", unit: "ms late", ours: [quantile(last.lateMs, 0.5)], less: true },
		{ what: "timer, 1,000,000 pending, 100/s due, p99", unit: "ms late", ours: [quantile(last.lateMs, 0.99)], less: true, reach: 50, aim: 20 },
		{ what: "scheduler, 1,000,000 timers pending", unit: "MB", ours: [last.rss], less: true, reach: 20 },
		{ what: "timers, p99, by pending", unit: "ms late", curve },
		{ what: "scheduler, by timers pending", unit: "MB", curve: memory },
	];
}
