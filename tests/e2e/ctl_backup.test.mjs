// tests/e2e/ctl_backup.test.mjs -- a backup under load, and the way back: nothing accepted before it is missing, nothing is sent twice,
// live updates begin anew, Redis is rebuilt; and everything that must be refused.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { copyFile, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { BIN_DIR, ROOT, startDesk, until } from "./harness.mjs";

const SERVICES = ["scheduler", "api", "worker", "bots"];

let desk, operator, file;
const underLoad = { texts: [] };	// the first backup, and what was accepted before it began

before(async () => {
	desk = await startDesk({ env: { ECO_SEND_PER_S: "1000", ECO_CHAT_PER_S: "1000" } });
	await desk.settled();
	operator = await desk.signIn();
	file = join(desk.dir, "backup.db");
});
after(() => desk?.stop());

async function inWork(id) {
	const customer = desk.customer(id);
	await customer.writes("Help");
	const appeal = await desk.appealOf(operator, customer, "new");
	assert.equal((await operator.post(`/api/v1/appeals/${appeal.id}/take`)).status, 200);
	await customer.hears(/has joined/);
	return { customer, appeal };
}

async function answer(appeal, text) {
	const posted = await operator.post(`/api/v1/appeals/${appeal.id}/messages`, { text });
	assert.equal(posted.status, 201, JSON.stringify(posted.body));
	return posted.body.id;
}

// The newest of one appeal.
async function messages(appeal) {
	const { status, body } = await operator.get(`/api/v1/appeals/${appeal.id}/messages?limit=200`);
	assert.equal(status, 200, JSON.stringify(body));
	return body.items;
}

async function textsOf(appeal) {
	const texts = new Set();
	for (let cursor = ""; cursor !== null;) {
		const { status, body } = await operator.get(`/api/v1/appeals/${appeal.id}/messages?limit=200${cursor}`);
		assert.equal(status, 200, JSON.stringify(body));
		for (const each of body.items) texts.add(each.text);
		cursor = body.next_cursor ? `&cursor=${encodeURIComponent(body.next_cursor)}` : null;
	}
	return texts;
}

const stopServices = async () => {
	for (const name of [...SERVICES].reverse()) await desk.processes[name].stop();
};

describe("a backup", () => {
	let load, appeal, customer, lastEventId, waiting, oldAppeal, epochBefore;
	const acceptedBefore = [];

	// Answers one after the other until told to stop; all of them are accepted.
	function loadBegin(accepted) {
		const state = { texts: [], stopping: false };
		state.done = (async () => {
			for (let n = 0; !state.stopping; n++) {
				const text = `load ${n}`;
				await answer(appeal, text);
				state.texts.push(text);
				accepted?.(text);
			}
		})();
		return state;
	}

	test("is made under load, private and whole, and is never overwritten", async () => {
		({ customer, appeal } = await inWork(6001));
		load = loadBegin();
		await until("some load", () => load.texts.length >= 20);
		acceptedBefore.push(...load.texts);
		Object.assign(underLoad, { file, texts: [...load.texts], appeal });
		const { code, out, err } = await desk.ecoctl("backup", file);
		assert.equal(code, 0, err);
		assert.match(out, /is a backup, verified, after /);
		assert.match(out, /: 1 appeals, \d+ messages, up to /);
		assert.equal((await stat(file)).mode & 0o777, 0o600);
		const during = load.texts.length;
		await until("load after the backup", () => load.texts.length > during);
		load.stopping = true;
		await load.done;
		assert.ok(load.texts.length > acceptedBefore.length);
		const twice = await desk.ecoctl("backup", file);
		assert.equal(twice.code, 1);
		assert.match(twice.err, /backup\.db is there already; backups are never overwritten/);
		assert.deepEqual((await readdir(desk.dir)).filter((name) => name.includes("unfinished")), []);
	});

	test("that can't be finished leaves nothing behind and says why", async () => {
		const none = await desk.ecoctl("backup", "/nowhere/at/all/x.db");
		assert.equal(none.code, 1);
		assert.match(none.err, /no backup was made: \/nowhere\/at\/all\/x\.db\.unfinished: No such file or directory/);
		// A limit on the size of files: as a full disk, in the middle of the copy.
		const full = await new Promise((done) => execFile("sh", ["-c",
			`trap '' XFSZ; ulimit -f 16; exec "$0" backup "$1"`, join(BIN_DIR, "ecoctl"), join(desk.dir, "full.db")],
		{ env: desk.env, cwd: ROOT }, (error, out, err) => done({ code: error?.code ?? 0, out, err })));
		assert.equal(full.code, 1, full.out);
		assert.match(full.err, /no backup was made: /);
		assert.deepEqual((await readdir(desk.dir)).filter((name) => name.startsWith("full.db")), []);
	});

	test("takes over what a dead one left, and leaves alone what another one is making", async () => {
		const target = join(desk.dir, "taken.db");
		await writeFile(`${target}.unfinished`, "half of something");
		const { code, err } = await desk.ecoctl("backup", target);
		assert.equal(code, 0, err);
		assert.deepEqual((await readdir(desk.dir)).filter((name) => name.startsWith("taken.db")), ["taken.db"]);
		assert.equal((await stat(target)).mode & 0o777, 0o600);
		// As another ecoctl that is at work: one process, and it has the lock.
		const held = join(desk.dir, "held.db");
		const holder = spawn("sh", ["-c", `exec 9>>"$0"; flock 9; echo held; exec sleep 60`, `${held}.unfinished`]);
		try {
			await new Promise((done) => holder.stdout.once("data", done));
			const refused = await desk.ecoctl("backup", held);
			assert.equal(refused.code, 1);
			assert.match(refused.err, /held\.db\.unfinished: another backup is being made there/);
		} finally {
			holder.kill();
		}
	});

	test("is not restored while anything runs", async () => {
		const { code, err } = await desk.ecoctl("restore", file);
		assert.equal(code, 1);
		assert.match(err, /(api|workers|bots|scheduler) \(pid \d+\) has the records open; stop everything first/);
		assert.match(err, /nothing was changed/);
		assert.equal((await messages(appeal)).some((each) => each.text === load.texts.at(-1)), true);
	});

	test("made while answers wait to be sent", async () => {
		await customer.hears(load.texts.at(-1), 120000);
		assert.equal((await desk.ecoctl("queue", "pause", "deliver")).code, 0);
		waiting = await answer(appeal, "sent after the backup");
		await answer(appeal, "and one behind it");
		file = join(desk.dir, "second.db");
		assert.equal((await desk.ecoctl("backup", file)).code, 0);
		acceptedBefore.push(...load.texts.slice(acceptedBefore.length), "sent after the backup", "and one behind it");
		assert.equal((await desk.ecoctl("queue", "resume", "deliver")).code, 0);
		await customer.hears("and one behind it");
		await answer(appeal, "accepted after the backup");
		await customer.hears("accepted after the backup");
		({ appeal: oldAppeal } = await inWork(6002));	// lost with the restore: its number must not come back
		const stream = operator.events();
		await until("the stream", () => stream.open);
		await answer(appeal, "seen live");
		lastEventId = (await until("the event", () => stream.events.find((event) => event.message?.text === "seen live"))).id;
		await stream.close();
		epochBefore = Number.parseInt(await desk.redis("get", "eco:epoch"), 10);
	});

	test("is restored with everything stopped; the old records are kept, and the doctor is content", async () => {
		await stopServices();
		const { code, out, err } = await desk.ecoctl("restore", file);
		assert.equal(code, 0, err);
		assert.match(out, /second\.db is restored/);
		assert.match(out, /the old records are kept as \S+eco\.db\.before-restore-\d{8}T\d{6}Z/);
		assert.match(out, /^2 messages that waited to be sent are shown as not confirmed/m);
		const names = await readdir(desk.dir);
		assert.deepEqual(names.filter((name) => /restoring|eco\.db-(wal|shm)$/.test(name)), []);
		const [, aside] = /kept as (\S+)/.exec(out);
		assert.equal((await readFile(aside)).subarray(0, 15).toString(), "SQLite format 3");
		await desk.start(SERVICES);
		await desk.settled();
		const doctor = await until("the doctor to be content", async () => {
			const now = await desk.ecoctl("doctor");
			return now.code === 0 && /^ok +services/m.test(now.out) && now;
		});
		assert.match(doctor.out, /^ok +records +open/m);
		assert.match(doctor.out, /^ok +epoch +Redis is complete/m);
	});

	test("holds everything that was accepted before it began, and nothing of later", async () => {
		operator = await desk.signIn();
		const texts = await textsOf(appeal);
		assert.deepEqual(acceptedBefore.filter((text) => !texts.has(text)), []);
		assert.equal(texts.has("accepted after the backup"), false);
	});

	test("sends nothing twice: what waited is shown as not confirmed, and goes out again by hand", async () => {
		const shown = (await messages(appeal)).find((each) => each.id === waiting);
		assert.deepEqual([shown.delivery, shown.delivery_reason], ["unknown", "restored from a backup"]);
		const heard = async () => (await customer.chat()).filter((each) => each.text === "sent after the backup").length;
		await answer(appeal, "after the restore");
		await customer.hears("after the restore");
		assert.equal(await heard(), 1);
		assert.equal((await operator.post(`/api/v1/appeals/${appeal.id}/messages/${waiting}/send-again`)).status, 200);
		await until("it to be sent again", async () => (await heard()) === 2);
	});

	test("begins new epochs: live updates are told to load anew, Redis was rebuilt, numbers do not come back", async () => {
		const stream = operator.events(lastEventId);
		await until("the reset", () => stream.events.find((event) => event.kind === "reset" && event.reason === "another_epoch"));
		await stream.close();
		const [, number, state] = /^(\d+):(\w+)$/.exec(await desk.redis("get", "eco:epoch"));
		assert.equal(state, "ready");
		assert.ok(Number(number) > epochBefore, `${number} after ${epochBefore}`);
		const { appeal: next } = await inWork(6003);
		assert.ok(next.number > oldAppeal.number, `${next.number} after ${oldAppeal.number}`);
	});
});

describe("what is no backup", () => {
	before(stopServices);

	async function refused(path, pattern) {
		const was = await readFile(join(desk.dir, "eco.db"));
		const { code, err } = await desk.ecoctl("restore", path);
		assert.equal(code, 1);
		assert.match(err, pattern);
		assert.match(err, /nothing was changed/);
		assert.equal(Buffer.compare(was, await readFile(join(desk.dir, "eco.db"))), 0);
		assert.deepEqual((await readdir(desk.dir)).filter((name) => name.includes("restoring")), []);
	}

	test("is refused: a missing file, another kind of file, an empty one", async () => {
		await refused("/nowhere/at/all.db", /there is no file \/nowhere\/at\/all\.db/);
		const text = join(desk.dir, "text.db");
		await writeFile(text, "this is no database, ".repeat(400));
		await refused(text, /text\.db can't be restored: /);
		await writeFile(text, "");
		await refused(text, /text\.db can't be restored: eco\.db holds no records of EcoScooter Support/);
	});

	test("is refused: a damaged backup, one with a log beside it", async () => {
		const damaged = join(desk.dir, "damaged.db");
		const bytes = await readFile(file);
		bytes.fill(0, 4 * 4096, 5 * 4096);
		await writeFile(damaged, bytes);
		await refused(damaged, /damaged\.db can't be restored: the copy is damaged: damaged: /);
		await copyFile(file, join(desk.dir, "copied.db"));
		await writeFile(join(desk.dir, "copied.db-wal"), "x");
		await refused(join(desk.dir, "copied.db"), /a -wal lies beside it: it is no backup by ecoctl/);
	});

	test("damaged records are replaced all the same, here by the backup made under load", async () => {
		const bytes = await readFile(join(desk.dir, "eco.db"));
		bytes.fill(0, 0, 4096);
		await writeFile(join(desk.dir, "eco.db"), bytes);
		const { code, out, err } = await desk.ecoctl("restore", underLoad.file);
		assert.equal(code, 0, err);
		assert.match(out, /they could not be read, so new numbers begin a million higher/);
		await desk.start(SERVICES);
		await desk.settled();
		operator = await desk.signIn();
		assert.ok(underLoad.texts.length >= 20);
		const texts = await textsOf(underLoad.appeal);
		assert.deepEqual(underLoad.texts.filter((text) => !texts.has(text)), []);
		await inWork(6004);
	});
});
