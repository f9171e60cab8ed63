// tests/bench/measure.mjs -- medians and spreads, wrk, and what a process takes.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));

export function quantile(values, q) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

export const median = (values) => quantile(values, 0.5);

// What hangs is an error after five minutes, not a bench that never ends.
export function run(file, args, options = {}) {
	return new Promise((done, fail) => {
		execFile(file, args.map(String), { maxBuffer: 1 << 26, timeout: 300000, ...options }, (error, out, err) =>
			(error ? fail(new Error(`${file} ${args.join(" ")}: ${err || out || error.message}`)) : done(out)));
	});
}

// "1.95ms", "870.00us", "1.20s" as milliseconds.
function wrkMs(text) {
	const [, number, unit] = /^([\d.]+)(us|ms|s)$/.exec(text);
	return Number(number) * { us: 0.001, ms: 1, s: 1000 }[unit];
}

// One run of wrk; every answer must be a success. `env` is for the script.
// tolerant: a peer that lets some time out is still measured.
export async function wrk(url, { connections, seconds, script, env = {}, token, tolerant }) {
	const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "--latency"];
	if (script) args.push("-s", join(HERE, script));
	if (token) args.push("-H", `Authorization: Bearer ${token}`);
	const out = await run("wrk", [...args, url], { env: { ...process.env, ...env } });
	const field = (pattern) => pattern.exec(out)?.[1];
	if (!tolerant && /Non-2xx|Socket errors/.test(out)) throw new Error(`${url}: ${out}`);
	return {
		rate: Number(field(/Requests\/sec:\s+([\d.]+)/)),
		p50: wrkMs(field(/^\s+50%\s+(\S+)/m)),
		p99: wrkMs(field(/^\s+99%\s+(\S+)/m)),
	};
}

// Of one process, in MB: resident now, and its share of what is shared.
export function memoryMb(pid) {
	const kb = (file, name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${pid}/${file}`, "utf8"))[1]);
	return { rss: kb("status", "VmRSS") / 1024, pss: kb("smaps_rollup", "Pss") / 1024 };
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// What one run left to do is not the next one's to pay: waits until the machine is idle, 5 s at most.
export async function quiet() {
	const read = () => {
		const fields = readFileSync("/proc/stat", "utf8").split("\n")[0].trim().split(/\s+/).slice(1).map(Number);
		return { idle: fields[3] + fields[4], all: fields.reduce((a, b) => a + b) };
	};
	for (let i = 0; i < 20; i++) {
		const before = read();
		await sleep(250);
		const after = read();
		if ((after.idle - before.idle) / (after.all - before.all) > 0.85) return;
	}
}

// Calls each of the named measurements in turn, `rounds` times: {name: [value of each round]}.
export async function interleaved(rounds, measurements) {
	const values = Object.fromEntries(Object.keys(measurements).map((name) => [name, []]));
	for (let i = 0; i < rounds; i++)
		for (const [name, measure] of Object.entries(measurements)) {
			await quiet();
			values[name].push(await measure());
		}
	return values;
}
