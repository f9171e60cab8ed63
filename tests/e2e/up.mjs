// tests/e2e/up.mjs -- `ecoctl up` in a place of its own: its settings, its life, the processes it has, as the kernel tells of them.

import { spawn, execFile } from "node:child_process";
import { mkdtemp, readFile, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BIN_DIR, ROOT, call, freePort, until } from "./harness.mjs";

const ECOCTL = join(BIN_DIR, "ecoctl");

// ---- one place with its settings -----------------------------------------------------------------

export async function place(more = {}) {
	const dir = await mkdtemp(join(tmpdir(), "eco-ctl-"));
	const [port, second, sandbox] = [await freePort(), await freePort(), await freePort()];
	const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("ECO_")));
	return {
		dir,
		url: `http://127.0.0.1:${port}`,
		sandbox: `http://127.0.0.1:${sandbox}`,
		env: { ...clean, ECO_DIR: dir, ECO_LISTEN: `127.0.0.1:${port},127.0.0.1:${second}`,
			ECO_SANDBOX_LISTEN: `127.0.0.1:${sandbox}`, ...more },
	};
}

// Runs ecoctl to its end.
export function ecoctl(here, args, input = "") {
	return new Promise((done) => {
		const child = execFile(ECOCTL, args, { env: here.env, cwd: ROOT }, (error, out, err) =>
			done({ code: error ? error.code : 0, out, err }));
		child.stdin.on("error", () => {});
		child.stdin.end(input);
	});
}

export class Up {
	constructor(here, args = []) {
		this.here = here;
		this.out = "";
		this.child = spawn(ECOCTL, ["up", ...args], { env: here.env, cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
		this.child.stdout.on("data", (data) => (this.out += data));
		this.child.stderr.on("data", (data) => (this.out += data));
		this.exit = new Promise((done) => this.child.once("exit", (code, signal) => {
			this.ended = { code, signal };
			done(this.ended);
		}));
	}
	says(pattern, timeoutMs = 60000) {
		return until(`ecoctl up to say ${pattern}, but it said:\n${this.out}`, () => {
			if (this.ended && !pattern.test(this.out)) throw new Error(`up ended: ${JSON.stringify(this.ended)}\n${this.out}`);
			return pattern.exec(this.out);
		}, timeoutMs);
	}
	ready() {
		return this.says(/EcoScooter Support is up/);
	}
	// Its children by program name: { api: [pid], workers: [pid, pid], ... }
	async children() {
		const found = {};
		for (const pid of await pids()) {
			const stat = await readStat(pid);
			if (stat?.parent === this.child.pid) (found[stat.name] ??= []).push(pid);
		}
		return found;
	}
	async stop() {
		if (!this.ended) this.child.kill("SIGTERM");
		return this.exit;
	}
}

// ---- processes, as the kernel tells of them ----------------------------------------------------------

export async function pids() {
	return (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
}

export async function readStat(pid) {
	const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
	const [, name, state, parent] = /\((.*)\) (\S) (\d+)/s.exec(text ?? "") ?? [];
	return state && state !== "Z" ? { name, parent: Number(parent) } : undefined;
}

// Everything that runs with this ECO_DIR.
export async function traces(dir) {
	const found = [];
	for (const pid of await pids()) {
		const environ = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
		if (environ.split("\0").includes(`ECO_DIR=${dir}`) && (await readStat(pid))) found.push(pid);
	}
	return found;
}

export async function signIn(here, username, password) {
	return call(`${here.url}/oauth/token`, { method: "POST", form: { grant_type: "password", username, password } });
}
