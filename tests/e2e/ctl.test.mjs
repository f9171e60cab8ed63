// tests/e2e/ctl.test.mjs -- `ecoctl up` with the real processes: ready, restarted, stopped without a trace; and the accounts.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, describe, before, after } from "node:test";
import { until } from "./harness.mjs";
import { Up, ecoctl, place, signIn, traces } from "./up.mjs";

// ---- up ---------------------------------------------------------------------------------------------------

describe("ecoctl up", () => {
	let here, up;

	before(async () => {
		here = await place({ ECO_WORKERS: "2" });
		up = new Up(here);
		await up.ready();
	});
	after(async () => {
		await up.stop();
		await rm(here.dir, { recursive: true, force: true });
	});

	test("runs every process and says where to go", async () => {
		const children = await up.children();
		assert.deepEqual(Object.keys(children).sort(), ["api", "bots", "redis-server", "sandbox", "scheduler", "workers"]);
		assert.equal(children.workers.length, 2);
		assert.equal((await fetch(`${here.url}/readyz`)).status, 200);
		assert.match(up.out, new RegExp(`dashboard +${here.url}/`));
		assert.match(up.out, new RegExp(`${here.sandbox}/`));
	});

	test("says where the first password is, and it works", async () => {
		const [, path] = /sign in +admin, first password in (\S+)/.exec(up.out);
		const password = (await readFile(path, "utf8")).trim();
		assert.equal(up.out.includes(password), false);	// not on a terminal: this output is somebody's log
		assert.equal((await signIn(here, "admin", password)).status, 200);
	});

	test("keeps the first password out of every log", async () => {
		const password = (await readFile(join(here.dir, "admin-password"), "utf8")).trim();
		for (const name of await readdir(join(here.dir, "log")))
			assert.equal((await readFile(join(here.dir, "log", name), "utf8")).includes(password), false, name);
		assert.match(await readFile(join(here.dir, "log/api.log"), "utf8"), /Sign in as admin; the password is in \S+admin-password/);
	});

	test("prints the bots' links when they have introduced themselves", async () => {
		await up.says(/support bot +http:\/\//);
		assert.equal((await readFile(join(here.dir, "links"), "utf8")).trim(), `support ${here.sandbox}/`);
	});

	test("keeps each child's lines in a log of its own", async () => {
		const logs = (await readdir(join(here.dir, "log"))).sort();
		assert.deepEqual(logs, ["api.log", "bots.log", "redis.log", "sandbox.log", "scheduler.log", "worker-1.log", "worker-2.log"]);
		assert.match(await readFile(join(here.dir, "log/bots.log"), "utf8"), /event=bot\.polling/);
	});

	test("refuses to run twice in one place", async () => {
		const second = await ecoctl(here, ["up"]);
		assert.equal(second.code, 1);
		assert.match(second.err, /another `ecoctl up` runs in .* already/);
		assert.equal((await fetch(`${here.url}/healthz`)).status, 200);
	});

	for (const program of ["api", "workers", "bots", "scheduler", "sandbox", "redis-server"])
		test(`starts ${program} again when it was killed`, async () => {
			const [old] = (await up.children())[program];
			process.kill(old, "SIGKILL");
			await until(`another ${program} after\n${up.out}`, async () => {
				const now = (await up.children())[program] ?? [];
				return now.length > 0 && !now.includes(old);
			}, 60000);
			await until("the API to be ready", async () => (await fetch(`${here.url}/readyz`)).status === 200, 60000);
			assert.match(up.out, /ended: signal 9/);
		});

	test("adds employees while everything runs", async () => {
		const added = await ecoctl(here, ["employee", "add", "anna", "--role", "operator", "--name", "Анна"], "a good password\n");
		assert.equal(added.code, 0, added.err);
		assert.equal((await signIn(here, "anna", "a good password")).status, 200);
		assert.notEqual((await signIn(here, "anna", "a bad password")).status, 200);
	});

	test("stops everything within ten seconds and leaves no process", async () => {
		const began = Date.now();
		const { code } = await up.stop();
		assert.equal(code, 0);
		assert.ok(Date.now() - began < 10000, `took ${Date.now() - began} ms`);
		assert.deepEqual(await traces(here.dir), []);
	});
});

describe("ecoctl up at its edges", () => {
	let here, up;

	before(async () => {
		here = await place();
	});
	after(async () => {
		await up?.stop();
		await rm(here.dir, { recursive: true, force: true });
	});

	test("leaves no orphan when it is killed, and starts anew in the same place", async () => {
		up = new Up(here);
		await up.ready();
		up.child.kill("SIGKILL");
		await up.exit;
		await until("no process to be left", async () => (await traces(here.dir)).length === 0);
		up = new Up(here);
		await up.ready();
		assert.match(up.out, /sign in +admin, first password in /);
		await up.stop();
	});

	test("gives up when a child does not start, and says why", async () => {
		const busy = await place();
		const blocker = spawn(process.execPath, ["-e", `require("net").createServer().listen(${new URL(busy.url).port}, "127.0.0.1")`]);
		try {
			await until("the port to be taken", () => fetch(busy.url, { signal: AbortSignal.timeout(200) }).then(() => true,
				(error) => error.name === "TimeoutError"));
			const failing = new Up(busy);
			const { code } = await failing.exit;
			assert.equal(code, 1);
			assert.match(failing.out, /api does not start; giving up/);
			assert.match(failing.out, new RegExp(new URL(busy.url).port));
			assert.deepEqual(await traces(busy.dir), []);
		} finally {
			blocker.kill();
			await rm(busy.dir, { recursive: true, force: true });
		}
	});

	test("refuses settings it does not know", async () => {
		const answer = await ecoctl({ ...here, env: { ...here.env, ECO_TYPO: "1" } }, ["up"]);
		assert.equal(answer.code, 2);
		assert.match(answer.err, /unknown setting ECO_TYPO/);
	});
});

// ---- accounts and the rest ----------------------------------------------------------------------------------

describe("ecoctl's other commands", () => {
	let here;

	before(async () => {
		here = await place();
	});
	after(() => rm(here.dir, { recursive: true, force: true }));

	test("employee add makes up a password when asked", async () => {
		const answer = await ecoctl(here, ["employee", "add", "boris", "--role", "lead", "--generate"]);
		assert.equal(answer.code, 0, answer.err);
		assert.match(answer.out, /^password: \S{16}$/m);
	});

	test("employee add refuses a login twice, a short password, an unknown role", async () => {
		const twice = await ecoctl(here, ["employee", "add", "boris", "--role", "lead"], "another password\n");
		assert.deepEqual([twice.code, /boris is taken/.test(twice.err)], [1, true]);
		const short = await ecoctl(here, ["employee", "add", "vera", "--role", "lead"], "short\n");
		assert.equal(short.code, 1);
		assert.match(short.err, /8 to 256/);
		const role = await ecoctl(here, ["employee", "add", "vera", "--role", "king"], "another password\n");
		assert.equal(role.code, 2);
		assert.match(role.err, /--role must be/);
		assert.match(role.err, /usage: ecoctl employee add/);
	});

	test("employee list shows who works here", async () => {
		const { code, out } = await ecoctl(here, ["employee", "list"]);
		assert.equal(code, 0);
		assert.match(out, /^boris +lead +ru +enabled +boris$/m);
		assert.doesNotMatch(out, /argon2/);
	});

	test("config prints the settings in force and hides secrets", async () => {
		await writeFile(join(here.dir, "eco.conf"), "# ours\nECO_CLOSE_AFTER_S = 60\n");
		const { code, out } = await ecoctl({ ...here, env: { ...here.env, ECO_SUPPORT_TOKEN: "1:verysecret" } }, ["config"]);
		assert.equal(code, 0);
		assert.match(out, /^ECO_CLOSE_AFTER_S=60$/m);
		assert.match(out, /^ECO_SUPPORT_TOKEN=\*+$/m);
		assert.doesNotMatch(out, /verysecret/);
	});

	test("help, version and what is no command", async () => {
		assert.match((await ecoctl(here, ["help"])).out, /ecoctl employee add LOGIN/);
		assert.match((await ecoctl(here, ["version"])).out, /^\d+\.\d+\.\d+$/m);
		const unknown = await ecoctl(here, ["fly"]);
		assert.equal(unknown.code, 2);
		assert.match(unknown.err, /no such command: fly/);
	});
});
