// tests/bench/bench.mjs -- measures the main job beside floors and peers, in turn, in one run.
//
//   node tests/bench/bench.mjs [FIGURE...]      all figures without a name; ROUNDS=5 rounds each
//
// Prints one table and writes bench/latest.json. Machines are noisy: the ratios of rounds that lie side by side count, the
// absolute values are this machine's.

import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
process.env.BIN_DIR ??= join(ROOT, "build/release/bin");
const { buildFloors, havePeers } = await import("./peers.mjs");
const { asJson, printRows, verdict } = await import("./table.mjs");

const FIGURES = ["answer", "inbox", "engine", "durable", "trips", "timers", "scale", "live", "memory", "start", "rota", "dashboard"];
const ROUNDS = Number(process.env.ROUNDS ?? 5);

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !FIGURES.includes(name));
if (unknown.length || !(ROUNDS >= 1)) {
	console.error(unknown.length ? `no figure ${unknown.join(", ")}: there are ${FIGURES.join(", ")}` : "ROUNDS: at least 1");
	process.exit(2);
}

await buildFloors();
if (!havePeers) console.log("FLOORS is not there: figures without floors and peers");
const rows = [], failed = [];
for (const name of wanted.length ? wanted : FIGURES) {
	const began = Date.now();
	try {
		const { figure } = await import(`./figures/${name}.mjs`);
		const found = await figure({ rounds: ROUNDS, peers: havePeers });
		rows.push(...found);
		console.log(`\n${name} (${((Date.now() - began) / 1000).toFixed(0)} s)`);
		printRows(found);
	} catch (error) {
		failed.push(name);
		console.error(`${name}: ${error.stack}`);
	}
}
console.log("\nall");
printRows(rows);
const short = rows.filter((row) => !row.curve && verdict(row) === "SHORT");
console.log(`\n${rows.length} rows, ${short.length} short of what is to be reached, ${failed.length} figures failed`);
await mkdir(join(ROOT, "bench"), { recursive: true });
await writeFile(join(ROOT, "bench/latest.json"),
	`${JSON.stringify({ at: new Date().toISOString(), rounds: ROUNDS, cpu: cpus()[0].model, cores: cpus().length, failed, rows: asJson(rows) }, null, "\t")}\n`);
process.exit(failed.length ? 1 : 0);
