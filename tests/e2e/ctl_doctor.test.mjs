// tests/e2e/ctl_doctor.test.mjs -- `ecoctl doctor`: a sound desk passes, and whatever is broken is named, one thing after the other.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { chmod, copyFile, mkdtemp, open, readFile, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { freePort, startDesk, until } from "./harness.mjs";

let desk;

before(async () => {
	desk = await startDesk();
	await desk.settled();
	await until("a sign of life from every process", async () => /^ok +services/m.test((await doctor()).out));
});
after(() => desk?.stop());

// What it says; failed: its FAIL lines.
async function doctor(env = {}) {
	const { code, out, err } = await desk.ecoctlIn(env, "doctor");
	return { code, out, err, failed: out.split("\n").filter((line) => line.startsWith("FAIL")) };
}

async function names(pattern, env) {
	const { code, out, failed } = await doctor(env);
	assert.equal(code, 1, out);
	assert.equal(failed.length > 0, true, out);
	assert.match(failed.join("\n"), pattern);
	return failed;
}

// A Bot API that answers every call alike.
async function fakeTelegram(answer, headers, use) {
	const server = createServer((_, response) => {
		response.sendDate = false;
		response.writeHead(answer.ok ? 200 : answer.error_code, { "content-type": "application/json", ...headers });
		response.end(JSON.stringify(answer));
	});
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	try {
		await use({ ECO_TELEGRAM_API: `http://127.0.0.1:${server.address().port}` });
	} finally {
		server.closeAllConnections();
		await new Promise((done) => server.close(done));
	}
}

describe("while the desk runs", () => {
	test("a sound desk passes, with a line for everything", async () => {
		const { code, out } = await doctor();
		assert.equal(code, 0, out);
		for (const line of [/^ok +folder +/m, /^(ok|warn) +disk +.* free, records take /m,
			/^ok +records +open, version \d+, every page read and whole$/m, /^ok +log +/m, /^ok +tasks +/m,
			/^ok +redis +answers, version 7/m, /^ok +redis +uses .* of 512\.0 MB$/m, /^ok +epoch +Redis is complete \(\d+\)$/m,
			/^ok +telegram +the support bot is known at http:/m, /^ok +telegram +the courier bot/m,
			/^ok +clock +Redis' is /m, /^ok +clock +Telegram's is /m,
			/^ok +services +api, workers, bots and scheduler live$/m]) assert.match(out, line);
	});

	test("a Redis that evicts, and one without room", async () => {
		await desk.redis("config", "set", "maxmemory-policy", "allkeys-lru");
		await names(/^FAIL +redis +its policy is allkeys-lru -- set maxmemory-policy noeviction/m);
		await desk.redis("config", "set", "maxmemory-policy", "noeviction");
		await desk.redis("config", "set", "maxmemory", "1000000");
		await names(/^FAIL +redis +uses .* of 976 KB -- raise maxmemory/m);
		await desk.redis("config", "set", "maxmemory", "512mb");
		assert.equal((await doctor()).code, 0);
	});

	test("a Redis of another time, and one that lost its keys, while no scheduler repairs it", async () => {
		await desk.processes.scheduler.stop();
		const epoch = await desk.redis("get", "eco:epoch");
		await desk.redis("set", "eco:epoch", "7:ready");
		await names(/^FAIL +epoch +Redis is of another time: 7, the records say \d+ -- the scheduler rebuilds it/m);
		await desk.redis("set", "eco:epoch", epoch);
		await desk.redis("flushall");
		await names(/^FAIL +epoch +Redis is empty, damaged or another server/m);
		assert.match((await doctor()).out, /^warn +services +no sign of life from scheduler -- start them/m);
		await desk.start("scheduler");
		await until("the doctor to be content", async () => (await doctor()).code === 0);
	});

	test("a token that Telegram refuses, a Telegram that is not there, one that fails", async () => {
		await fakeTelegram({ ok: false, error_code: 401, description: "Unauthorized" }, {}, (env) =>
			names(/^FAIL +telegram +the support bot's token is refused by http:\S+ -- take the token from @BotFather anew$/m, env));
		const nobody = `http://127.0.0.1:${await freePort()}`;
		await names(new RegExp(`^FAIL +telegram +${nobody} can't be reached for the courier bot: `, "m"), { ECO_TELEGRAM_API: nobody });
		await fakeTelegram({ ok: false, error_code: 500, description: "Internal" }, {}, (env) =>
			names(/^FAIL +telegram +http:\S+ answers 500 to the support bot: Internal/m, env));
		const { out } = await doctor({ ECO_TELEGRAM_API: nobody, ECO_SUPPORT_TOKEN: "1:verysecret" });
		assert.doesNotMatch(out, /verysecret/);
	});

	test("a clock that is an hour off", async () => {
		const date = new Date(Date.now() - 3600_000).toUTCString();
		await fakeTelegram({ ok: true, result: { id: 1, is_bot: true, first_name: "x", username: "x" } }, { date }, (env) =>
			names(/^FAIL +clock +Telegram's is 3[56]\d\d\.\d s behind ours -- let NTP set the clocks/m, env));
	});

	test("settings: an unknown one, an unknown time zone, no dashboard", async () => {
		const unknown = await doctor({ ECO_TYPO: "1" });
		assert.equal(unknown.code, 2);
		assert.match(unknown.err, /unknown setting ECO_TYPO/);
		await names(/^FAIL +settings +the time zone Europe\/Atlantis is unknown here/m, { ECO_TIMEZONE: "Europe/Atlantis" });
		const { code, out } = await doctor({ ECO_WEB_DIR: "/nowhere" });
		assert.equal(code, 0, out);
		assert.match(out, /^warn +settings +no dashboard at \/nowhere\/index\.html -- build it/m);
	});

	test("a Redis that wants a password, one that is gone", async () => {
		const url = `unix://${join(desk.dir, "nowhere.sock")}`;
		await names(/^FAIL +redis +does not answer: No such file or directory -- start it/m, { ECO_REDIS_URL: url });
		await names(/^FAIL +redis +its address can't be read -- correct ECO_REDIS_URL$/m, { ECO_REDIS_URL: "http://x" });
		await desk.redis("acl", "setuser", "ctl", "resetpass", ">another");
		await names(/^FAIL +redis +refuses us: WRONGPASS.* -- start it with --aclfile users\.acl of ECO_REDIS_USERS/m);
		await desk.redis("acl", "load");
	});
});

describe("what lies on the disk", () => {
	let dir, env;
	// A copy, so that nothing else is broken with it.
	before(async () => {
		dir = await mkdtemp(join(tmpdir(), "eco-doctor-"));
		env = { ECO_DIR: dir, ECO_REDIS_URL: `unix://${join(desk.dir, "redis.sock")}` };
		for (const name of ["scheduler", "api", "worker", "bots"]) await desk.processes[name].stop();
		await copyFile(join(desk.dir, "eco.db"), join(dir, "eco.db"));
	});
	after(() => rm(dir, { recursive: true, force: true }));

	test("a sound copy passes", async () => {
		const { code, out } = await doctor(env);
		assert.equal(code, 0, out);
		assert.match(out, /^ok +records/m);
		assert.match(out, /^warn +services +no sign of life from api, workers, bots, scheduler/m);
	});

	test("a folder that others may read, one that is not there, one without records", async () => {
		await chmod(dir, 0o755);
		await names(/^FAIL +folder +\S+ is open to others \(mode 755\) -- chmod 700 it$/m, env);
		await chmod(dir, 0o700);
		await names(/^FAIL +folder +\/nowhere: No such file or directory -- set ECO_DIR$/m, { ...env, ECO_DIR: "/nowhere" });
		const empty = await mkdtemp(join(tmpdir(), "eco-doctor-"));
		await names(/^FAIL +records +there are no records in \S+ -- check ECO_DIR/m, { ...env, ECO_DIR: empty });
		await rm(empty, { recursive: true });
	});

	test("a write-ahead log that does not shrink", async () => {
		const wal = join(dir, "eco.db-wal");
		await (await open(wal, "a")).close();
		await truncate(wal, 300 << 20);
		await names(/^FAIL +log +the write-ahead log has 300\.0 MB -- something reads one moment/m, env);
		await truncate(wal, 20 << 20);
		const { code, out } = await doctor(env);
		assert.equal(code, 0, out);
		assert.match(out, /^warn +log +the write-ahead log has 20\.0 MB/m);
		await truncate(wal, 0);
	});

	test("damaged records, and a file that is something else", async () => {
		const path = join(dir, "eco.db"), bytes = await readFile(path);
		const file = await open(path, "r+");
		await file.write(Buffer.alloc(4096), 0, 4096, 4 * 4096);
		await file.close();
		await names(/^FAIL +records +damaged: .* -- stop everything, keep eco\.db aside, restore a backup$/m, env);
		const other = await open(path, "w");
		await other.write(Buffer.from("this is no database, ".repeat(400)));
		await other.close();
		await names(/^FAIL +records +the records can't be read: /m, env);
		const again = await open(path, "w");
		await again.write(bytes);
		await again.close();
		assert.equal((await doctor(env)).code, 0);
	});
});
