// tests/bench/figures/start.mjs -- from `ecoctl up` to a desk that says it is ready.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BIN_DIR, freePort, ROOT, until } from "../../e2e/harness.mjs";
import { quiet } from "../measure.mjs";

async function up(dir) {
	const [port, second, sandbox] = [await freePort(), await freePort(), await freePort()];
	const env = { ...process.env, ECO_DIR: dir, ECO_LISTEN: `127.0.0.1:${port},127.0.0.1:${second}`, ECO_SANDBOX_LISTEN: `127.0.0.1:${sandbox}` };
	await quiet();
	const began = performance.now();
	const child = spawn(join(BIN_DIR, "ecoctl"), ["up"], { env, cwd: ROOT, stdio: "ignore" });
	const exit = new Promise((done) => child.once("exit", done));
	try {
		await until("readiness", async () => {
			const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
			return answer.ok && (await answer.json()).status === "ok";
		});
		return (performance.now() - began) / 1000;
	} finally {
		child.kill("SIGTERM");
		await exit;
	}
}

export async function figure({ rounds }) {
	const first = [], again = [];
	for (let i = 0; i < rounds; i++) {
		const dir = await mkdtemp(join(tmpdir(), "eco-bench-"));
		first.push(await up(dir));
		again.push(await up(dir));
		await rm(dir, { recursive: true, force: true });
	}
	return [
		{ what: "ecoctl up until ready, first start", unit: "s", ours: first, less: true, reach: 1, aim: 0.5 },
		{ what: "ecoctl up until ready, again", unit: "s", ours: again, less: true, reach: 1, aim: 0.5 },
	];
}
