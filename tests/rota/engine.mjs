// tests/rota/engine.mjs -- runs `ecoctl rota` as a dispatcher would: JSON in, JSON out, an exit code.

import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const ECOCTL = join(resolve(ROOT, process.env.BIN_DIR ?? "build/address/bin"), "ecoctl");

// {code, out, err}. What a crash says is in err.
export function rota(args, input = "", program = ECOCTL) {
	return new Promise((done, fail) => {
		const child = spawn(program, ["rota", ...args], { stdio: ["pipe", "pipe", "pipe"] });
		const [out, err] = [[], []];
		child.stdout.on("data", (data) => out.push(data));
		child.stderr.on("data", (data) => err.push(data));
		child.stdin.on("error", () => {});
		child.stdin.end(input);
		child.once("error", fail);
		child.once("close", (code, signal) =>
			done({ code: code ?? signal, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }));
	});
}

// A folder that is gone when `use` is done.
export async function inFolder(use) {
	const dir = await mkdtemp(join(tmpdir(), "rota-"));
	try {
		return await use(dir);
	} finally {
		await rm(dir, { recursive: true, force: true });
	}
}

function parsed(what, { code, out, err }) {
	if (code !== 0) throw new Error(`rota ${what}: exit ${code}\n${err}`);
	return JSON.parse(out);
}

export async function plan(instance) {
	return parsed("plan", await rota(["plan"], JSON.stringify(instance)));
}

export function replan(instance, previous, { fromDay, prefer }) {
	return inFolder(async (dir) => {
		await writeFile(join(dir, "previous.json"), JSON.stringify(previous));
		const args = ["replan", "--from-day", String(fromDay), "--prefer", prefer, join(dir, "previous.json")];
		return parsed(args.join(" "), await rota(args, JSON.stringify(instance)));
	});
}

// {code, out, err}: 0 when the answer holds. What is known of the rota before may be told.
export function check(instance, answer, { previous, args = [] } = {}) {
	return inFolder(async (dir) => {
		if (previous) {
			await writeFile(join(dir, "previous.json"), JSON.stringify(previous));
			args = [...args, "--previous", join(dir, "previous.json")];
		}
		await writeFile(join(dir, "in.json"), JSON.stringify(instance));
		await writeFile(join(dir, "out.json"), JSON.stringify(answer));
		return rota(["check", ...args, join(dir, "in.json"), join(dir, "out.json")]);
	});
}

// Calls work(item, index) on every item, a few at a time; the results in order.
export async function each(items, work, atOnce = 2) {
	const results = new Array(items.length);
	let next = 0;
	const lane = async () => {
		for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index], index);
	};
	await Promise.all(Array.from({ length: atOnce }, lane));
	return results;
}
