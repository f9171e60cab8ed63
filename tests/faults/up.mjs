// tests/faults/up.mjs -- a desk run by `ecoctl up`, as people run it: its supervisor starts again what dies.

import { spawn, execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { BIN_DIR, ROOT, startDesk, until } from "../e2e/harness.mjs";

const ECOCTL = join(BIN_DIR, "ecoctl");

export class Up {
	static async open(env = {}) {
		const up = new Up();
		up.desk = await startDesk({ only: [], env: { ECO_POLL_S: "1", ...env } });
		// Redis under ecoctl up knows no tests: they look as people do.
		up.desk.redis = async (...words) => (await up.ctl("redis", ...words)).out.trim();
		up.out = "";
		up.child = spawn(ECOCTL, ["up"], { env: up.desk.env, cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
		for (const stream of [up.child.stdout, up.child.stderr]) stream.on("data", (data) => (up.out += data));
		up.exit = new Promise((done) => up.child.once("exit", (code, signal) => done((up.ended = { code, signal }))));
		try {
			await up.says(/EcoScooter Support is up/);
		} catch (error) {
			await up.close();
			throw error;
		}
		return up;
	}

	says(pattern, timeoutMs = 30000) {
		return until(`ecoctl up to say ${pattern}, but it said:\n${this.out}`, () => {
			if (this.ended && !pattern.test(this.out)) throw new Error(`up ended: ${JSON.stringify(this.ended)}\n${this.out}`);
			return pattern.exec(this.out);
		}, timeoutMs);
	}

	// The pids of its children of that program.
	async pids(program) {
		const found = [];
		for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number)) {
			const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
			const [, name, state, parent] = /\((.*)\) (\S) (\d+)/s.exec(text) ?? [];
			if (name === program && state !== "Z" && Number(parent) === this.child.pid) found.push(pid);
		}
		return found.sort((a, b) => a - b);
	}

	ctl(...args) {
		return new Promise((done) => execFile(ECOCTL, args, { env: this.desk.env, cwd: ROOT }, (error, out, err) =>
			done({ code: error ? error.code : 0, out, err })));
	}

	log(name) {
		return readFile(join(this.desk.dir, "log", `${name}.log`), "utf8").catch(() => "");
	}

	async close() {
		if (!this.ended) this.child.kill("SIGTERM");
		await this.exit;
		await this.desk.stop();
	}
}
