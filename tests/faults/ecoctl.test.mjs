// tests/faults/ecoctl.test.mjs -- ecoctl dies at every one of its crash points while it backs up, restores, adds an employee:
// the records are the old ones or the new ones, whole, and the same command does it the next time.

import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import { cp, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { BIN_DIR, ROOT, startDesk } from "../e2e/harness.mjs";

const ECOCTL = join(BIN_DIR, "ecoctl");
const AT_ONCE = 2;

let work, template, states;

function ecoctl(dir, args, { crash = "", input = "" } = {}) {
	const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("ECO_")));
	const env = { ...clean, ECO_DIR: dir, ECO_TEST: "1", ECO_CRASH: crash };
	return new Promise((done) => {
		const child = spawn(ECOCTL, args, { env, cwd: ROOT, stdio: ["pipe", "pipe", "pipe"] });
		let out = "";
		for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (out += data));
		child.stdin.on("error", () => {});
		child.stdin.end(input);
		child.once("exit", (code, signal) => done({ code, signal, out }));
	});
}

// What is in the records of that place, read in a copy: looking must not repair anything.
async function contents(dir) {
	const look = await mkdtemp(join(work, "look-"));
	for (const file of await readdir(dir)) if (/^eco\.db(-wal)?$/.test(file)) await cp(join(dir, file), join(look, file));
	const sql = "PRAGMA integrity_check; PRAGMA foreign_key_check; SELECT group_concat(login) FROM employees; SELECT group_concat(text) FROM messages";
	const text = await new Promise((done, fail) => execFile("sqlite3", [join(look, "eco.db"), sql], (error, out) => (error ? fail(error) : done(out))));
	await rm(look, { recursive: true });
	return text;
}

async function place() {
	const dir = await mkdtemp(join(work, "place-"));
	await cp(template, dir, { recursive: true });
	return dir;
}

const backupFile = (name) => join(work, `${name}.backup`);

// Three moments of one desk: two that are backed up, and what it is now.
before(async () => {
	work = await mkdtemp(join(tmpdir(), "eco-ecoctl-"));
	template = join(work, "template");
	const desk = await startDesk({ only: ["redis", "sandbox", "scheduler", "api", "bots"], env: { ECO_POLL_S: "1" } });
	try {
		await desk.settled();
		const operator = await desk.signIn();
		for (const moment of ["first", "second", "now"]) {
			for (let i = 1; i <= 5; i++) {
				const customer = desk.customer(Number(`${moment.length}${i}`));
				await customer.writes(`${moment} ${i}`);
				await desk.appealOf(operator, customer, "new");
			}
			if (moment !== "now") assert.equal((await desk.ecoctl("backup", backupFile(moment))).code, 0);
		}
		for (const name of ["bots", "api", "scheduler"]) await desk.processes[name].stop();
		await cp(desk.dir, template, { recursive: true, filter: (file) => !/\.sock$|redis$/.test(file) });
	} finally {
		await desk.stop();
	}
	states = { now: await contents(template) };
	for (const name of ["first", "second"]) {
		const dir = await place();
		assert.equal((await ecoctl(dir, ["restore", backupFile(name)])).code, 0);
		states[name] = await contents(dir);
	}
}, { timeout: 120_000 });
after(() => rm(work, { recursive: true, force: true }));

// The points that this command passes.
async function passed(args, input) {
	const dir = await place();
	const { code, out } = await ecoctl(dir, args(dir), { crash: "note", input });
	assert.equal(code, 0, out);
	return (await readdir(join(dir, "crash"))).map((file) => file.replace(/^ecoctl\./, ""));
}

async function walk(t, args, input, check) {
	const points = await passed(args, input);
	const waiting = [...points];
	const one = async (point) => {
		const dir = await place();
		const died = await ecoctl(dir, args(dir), { crash: point, input });
		assert.equal(died.signal, "SIGKILL", died.out);
		await check(dir, point);
	};
	await Promise.all(Array.from({ length: AT_ONCE }, async () => {
		for (let point; (point = waiting.shift());) await t.test(`death at ${point}`, () => one(point));
	}));
	return points;
}

test("a restore that dies leaves the old records or the restored ones, and the next restore is right", { concurrency: AT_ONCE, timeout: 300_000 }, async (t) => {
	const points = await walk(t, () => ["restore", backupFile("first")], "", async (dir) => {
		const left = await contents(dir);
		assert.ok(left === states.now || left === states.first, `neither old nor restored:\n${left}`);
		// Another backup: nothing that the dead one left may get into it.
		const { code, out } = await ecoctl(dir, ["restore", backupFile("second")]);
		assert.equal(code, 0, out);
		assert.equal(await contents(dir), states.second);
		assert.deepEqual((await readdir(dir)).filter((file) => /restoring/.test(file)), []);
	});
	const own = execFileSync(ECOCTL, ["--crash-points"], { encoding: "utf8" }).split("\n").filter((name) => name.startsWith("restore."));
	assert.ok(own.length > 0);
	assert.deepEqual(own.filter((name) => !points.includes(name)), []);
});

test("a backup that dies leaves no file of that name, or a whole one", { concurrency: AT_ONCE, timeout: 300_000 }, async (t) => {
	await walk(t, (dir) => ["backup", join(dir, "new.backup")], "", async (dir) => {
		assert.equal(await contents(dir), states.now);
		const made = await stat(join(dir, "new.backup")).catch(() => null);
		if (!made) assert.equal((await ecoctl(dir, ["backup", join(dir, "new.backup")])).code, 0);
		const other = await place();
		assert.equal((await ecoctl(other, ["restore", join(dir, "new.backup")])).code, 0);
		assert.equal(await contents(other), states.now);
	});
});

test("an employee is added whole or not at all, and can be added then", { concurrency: AT_ONCE, timeout: 300_000 }, async (t) => {
	const args = () => ["employee", "add", "vera", "--role", "lead"];
	await walk(t, args, "a good password\n", async (dir) => {
		const there = /vera/.test(await contents(dir));
		const { code, out } = await ecoctl(dir, args(), { input: "a good password\n" });
		assert.equal(code, there ? 1 : 0, out);
		assert.match(await contents(dir), /vera/);
		assert.equal((await contents(dir)).match(/vera/g).length, 1);
	});
});
