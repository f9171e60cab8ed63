// tests/bench/figures/live.mjs -- live updates: a thousand browsers, fifty events a second, each to all of them.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../../e2e/harness.mjs";
import { withDesk } from "../desk.mjs";
import { memoryMb, sleep } from "../measure.mjs";

const BENCH = join(ROOT, "build/release/bench/live_bench");
const APPEALS = 1000, PER_S = 50, SECONDS = 10;

// {p50_ms, p99_ms, max_ms, heard, wanted, rss}: over all events of all clients.
const listen = (clients) => withDesk({ appeals: APPEALS, start: ["scheduler", "api"] }, async (desk) => {
	const operator = await desk.signIn();
	const tokenFile = join(desk.dir, "bench-token");
	await writeFile(tokenFile, operator.token, { mode: 0o600 });
	const bench = spawn(BENCH, [new URL(desk.url).port, tokenFile, String(clients), String(PER_S * SECONDS)], { stdio: ["ignore", "pipe", "inherit"] });
	let said = "";
	bench.stdout.on("data", (text) => {
		said += text;
	});
	while (!said.includes("ready\n")) await once(bench.stdout, "data");
	const began = performance.now();
	let rss = 0;
	for (let i = 0; i < PER_S * SECONDS; i++) {
		const early = began + i * 1000 / PER_S - performance.now();
		if (early > 0) await sleep(early);
		operator.post(`/api/v1/appeals/${i % APPEALS + 1}/messages`, { text: `event ${i}` });
		if (i % PER_S === 0) rss = Math.max(rss, memoryMb(desk.processes.api.child.pid).rss);
	}
	if (bench.exitCode === null) await once(bench, "exit");
	return { ...JSON.parse(said.split("\n")[1]), rss };
});

export async function figure() {
	const curve = [], memory = [];
	let last;
	for (const clients of [10, 100, 1000]) {
		last = await listen(clients);
		if (last.heard !== last.wanted) throw new Error(`${clients} clients heard ${last.heard} of ${last.wanted} events`);
		curve.push([`${clients}`, last.p99_ms]);
		memory.push([`${clients}`, last.rss]);
	}
	return [
		{ what: "live updates, 1,000 clients, 50/s, p99", unit: "ms", ours: [last.p99_ms], less: true, reach: 100 },
		{ what: "api with 1,000 live clients", unit: "MB", ours: [last.rss], less: true, reach: 60 },
		{ what: "live updates, p99, by clients", unit: "ms", curve },
		{ what: "api, by live clients", unit: "MB", curve: memory },
	];
}
