// tests/e2e/ctl_users.test.mjs -- Redis's users: a whole desk works with them, each is refused what is others', and no secret is on a
// command line or in a log.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ROOT, call, freePort, startDesk, until } from "./harness.mjs";
import { Up, ecoctl, place, signIn, traces } from "./up.mjs";

const USERS = ["api", "workers", "bots", "scheduler", "ctl", "ops"];
const TOKEN = "7000000001:sandbox-support";

describe("the private Redis of ecoctl up", () => {
	let here, up, token;

	before(async () => {
		here = await place({ ECO_SUPPORT_TOKEN: TOKEN });
		here.env.ECO_TELEGRAM_API = here.sandbox;
		up = new Up(here);
		await up.ready();
		const admin = (await readFile(join(here.dir, "admin-password"), "utf8")).trim();
		token = (await signIn(here, "admin", admin)).body.access_token;
	});
	after(async () => {
		await up?.stop();
		await rm(here.dir, { recursive: true, force: true });
	});

	const password = async (user) => (await readFile(join(here.dir, "redis-users", user), "utf8")).trim();

	// One command as a user; undefined: as nobody.
	async function redis(user, ...words) {
		const env = { ...here.env, ...(user ? { REDISCLI_AUTH: await password(user) } : {}) };
		const own = ["-s", join(here.dir, "redis.sock"), ...(user ? ["--user", user] : []), "--no-auth-warning"];
		return new Promise((done) => execFile("redis-cli", [...own, ...words], { env }, (error, out, err) => done((out + err).trim())));
	}

	test("keeps its passwords to its owner", async () => {
		assert.equal((await stat(join(here.dir, "redis-users"))).mode & 0o777, 0o700);
		for (const name of [...USERS, "users.acl"])
			assert.equal((await stat(join(here.dir, "redis-users", name))).mode & 0o777, 0o600, name);
		const acl = await readFile(join(here.dir, "redis-users/users.acl"), "utf8");
		for (const user of USERS) assert.doesNotMatch(acl, new RegExp(await password(user)));
	});

	test("carries a whole job: a customer writes, an operator answers and closes, the time runs out in Redis and records", async () => {
		const phone = `${here.sandbox}/sandbox/v1/support/users/9001`;
		const ask = async (path, options) => {
			const { status, body } = await call(here.url + path, { token, ...options });
			assert.ok(status < 300, `${path}: ${status} ${JSON.stringify(body)}`);
			return body;
		};
		const hears = (pattern) => until(`the customer to hear ${pattern}`, async () => {
			const { body } = await call(`${phone}/chat`);
			return body.items.some((each) => pattern.test(each.text ?? ""));
		});
		await call(`${phone}/messages`, { method: "POST", json: { text: "Help", language_code: "en", first_name: "Anna" } });
		const appeal = await until("the appeal", async () => (await ask("/api/v1/appeals")).items[0]);
		await ask(`/api/v1/appeals/${appeal.id}/take`, { method: "POST", json: {} });
		await ask(`/api/v1/appeals/${appeal.id}/messages`, { method: "POST", json: { text: "Turn it off and on" } });
		await hears(/^Turn it off and on$/);
		await ask(`/api/v1/appeals/${appeal.id}/close`, { method: "POST", json: {} });
		await hears(/believes this is solved/);
		const queue = JSON.parse((await ecoctl(here, ["queue", "--json"])).out);
		assert.equal(queue.redis_answers, true);
		assert.equal(queue.queues.find((each) => each.type === "close_appeal" && each.class === "interactive").records.later, 1);
		assert.equal((await ecoctl(here, ["queue", "pause", "purge"])).code, 0);
		assert.equal((await ecoctl(here, ["queue", "resume", "purge"])).code, 0);
	});

	test("is rebuilt by its users when it is asked for, and when a process dies", async () => {
		const epoch = await redis("ops", "get", "eco:epoch");
		assert.match(epoch, /^\d+:ready$/);
		assert.equal((await ecoctl(here, ["queue", "rebuild"])).code, 0);
		await until("another epoch", async () => {
			const now = await redis("ops", "get", "eco:epoch");
			return now !== epoch && now.endsWith(":ready");
		});
		const [worker] = (await up.children()).workers;
		process.kill(worker, "SIGKILL");
		await until("another worker", async () => ((await up.children()).workers ?? [worker])[0] !== worker);
		await until("its death to be noted and taken", async () => (await redis("ops", "scard", "eco:deaths")) === "0");
		await until("the doctor to be content", async () => (await ecoctl(here, ["doctor"])).code === 0);
	});

	test("refused nobody anything on the way", async () => {
		for (const name of await readdir(join(here.dir, "log")))
			assert.doesNotMatch(await readFile(join(here.dir, "log", name), "utf8"), /NOPERM|NOAUTH|WRONGPASS|redis\.script_failed/, name);
	});

	// user, command, and whether it may.
	const cases = [
		[undefined, "ping", /NOAUTH/],
		[undefined, "get eco:epoch", /NOAUTH/],
		["api", "get eco:epoch", /^\d+:ready$/],
		["api", "hget eco:live:hits:x count", /^$/],
		["api", "set eco:epoch 1:ready", /NOPERM/],
		["api", "xrange eco:stream:deliver:interactive - +", /NOPERM/],
		["api", "hset eco:live:send:1 full_at_us 0", /NOPERM/],
		["api", "sadd eco:paused deliver", /NOPERM/],
		["api", "del eco:stream:deliver:interactive", /NOPERM/],
		["api", "flushall", /NOPERM/],
		["api", "keys *", /NOPERM/],
		["api", "eval return(redis.call('get','eco:generation')) 0", /NOPERM|ACL failure|can't access/],
		["workers", "smembers eco:paused", /^$/],
		["workers", "hget eco:live:send:1 full_at_us", /^$/],
		["workers", "srem eco:paused deliver", /NOPERM/],
		["workers", "set eco:epoch 1:ready", /NOPERM/],
		["workers", "hget eco:live:hits:x count", /NOPERM/],
		["workers", "del eco:deaths", /NOPERM/],
		["workers", "del eco:stream:deliver:interactive", /NOPERM/],
		["workers", "sadd eco:beats x", /^1$/],
		["workers", "srem eco:beats x", /^1$/],
		["workers", "get eco:lease:scheduler", /NOPERM/],
		["bots", "get eco:epoch", /^\d+:ready$/],
		["bots", "xreadgroup group workers x streams eco:stream:deliver:interactive >", /NOPERM/],
		["bots", "hset eco:live:send:1 full_at_us 0", /NOPERM/],
		["bots", "del eco:stream:deliver:interactive", /NOPERM/],
		["scheduler", "get eco:generation", /^\d+$/],
		["scheduler", "del eco:stream:deliver:interactive", /NOPERM/],
		["scheduler", "hget eco:live:hits:x count", /NOPERM/],
		["scheduler", "xrange eco:dead:deliver:interactive - +", /NOPERM/],
		["scheduler", "config get dir", /NOPERM/],
		["scheduler", "shutdown nosave", /NOPERM/],
		["ctl", "xlen eco:stream:deliver:interactive", /^\d+$/],
		["ctl", "xadd eco:stream:deliver:interactive * a b", /NOPERM/],
		["ctl", "srem eco:beats x", /NOPERM/],
		["ctl", "get eco:lease:scheduler", /NOPERM/],
		["ops", "xinfo groups eco:stream:deliver:interactive", /workers/],
		["ops", "zcard eco:delayed:close_appeal:interactive", /^\d+$/],
		["ops", "smembers eco:beats", /[0-9a-f]{32}/],
		["ops", "info server", /redis_version/],
		["ops", "slowlog get", /.*/],
		["ops", "set eco:epoch x", /NOPERM/],
		["ops", "del eco:beats", /NOPERM/],
		["ops", "publish eco:events 1", /NOPERM/],
		["ops", "get something:else", /NOPERM/],
		["ops", "acl list", /NOPERM/],
	];
	for (const [user, line, answer] of cases)
		test(`${user ?? "nobody"}: ${line}`, async () => {
			const said = await redis(user, ...line.split(" "));
			assert.match(said, answer);
			if (!/NOPERM|NOAUTH/.test(answer.source)) assert.doesNotMatch(said, /NOPERM|NOAUTH|^\(error\)|^ERR/);
		});

	test("ecoctl redis looks as ops", async () => {
		const looked = await ecoctl(here, ["redis", "get", "eco:epoch"]);
		assert.match(looked.out, /^\d+:ready$/m, looked.err);
		assert.match((await ecoctl(here, ["redis", "flushall"])).out, /NOPERM/);
	});

	test("no secret is on a command line or in a log", async () => {
		const secrets = [TOKEN, (await readFile(join(here.dir, "admin-password"), "utf8")).trim()];
		for (const user of USERS) secrets.push(await password(user));
		const places = [];
		for (const pid of await traces(here.dir))
			places.push([`command line of ${pid}`, await readFile(`/proc/${pid}/cmdline`, "utf8")]);
		assert.ok(places.length >= 7, "all processes are looked at");
		assert.ok(places.some(([, text]) => /redis-server/.test(text)));
		for (const name of await readdir(join(here.dir, "log")))
			places.push([name, await readFile(join(here.dir, "log", name), "utf8")]);
		for (const [where, text] of places)
			for (const secret of secrets) assert.equal(text.includes(secret), false, `${where} holds ${secret}`);
	});

	test("keeps its passwords over a restart", async () => {
		const before = await password("workers");
		await up.stop();
		up = new Up(here);
		await up.ready();
		assert.equal(await password("workers"), before);
		// What Redis kept of the time before may be a rebuild that was asked for.
		await until("the epoch", async () => /^\d+:ready$/.test(await redis("workers", "get", "eco:epoch")));
	});
});

describe("a Redis of one's own", () => {
	let desk, server, port;

	before(async () => {
		port = await freePort();
		desk = await startDesk({ only: [], env: { ECO_REDIS_URL: `redis://eco:p%40ss%2Fword@127.0.0.1:${port}` } });
		await writeFile(join(desk.dir, "one.acl"), "user default off\nuser eco on >p@ss/word ~eco:* &eco:* +@all\n");
		server = spawn("redis-server", ["redis/redis.conf", "--port", String(port), "--unixsocket", "", "--dir", join(desk.dir, "redis"),
			"--aclfile", join(desk.dir, "one.acl")], { cwd: ROOT, stdio: "ignore" });
	});
	after(async () => {
		await desk?.stop();
		server?.kill();
	});

	test("is used with the user and password of ECO_REDIS_URL", async () => {
		await desk.start(["sandbox", "scheduler", "api", "worker", "bots"]);
		await desk.settled();
		const operator = await desk.signIn(), customer = desk.customer(9101);
		await customer.writes("Help");
		const appeal = await desk.appealOf(operator, customer, "new");
		await operator.post(`/api/v1/appeals/${appeal.id}/take`);
		await customer.hears(/has joined/);
		assert.match((await desk.ecoctl("redis", "get", "eco:epoch")).out, /^\d+:ready/);
	});

	test("with users of ECO_REDIS_USERS that are not there, nothing starts, and it says why", async () => {
		const env = { ECO_REDIS_URL: `redis://127.0.0.1:${port}`, ECO_REDIS_USERS: "/nowhere" };
		const { code, err } = await desk.ecoctlIn(env, "queue");
		assert.equal(code, 1);
		assert.match(err, /no password for ctl in ECO_REDIS_USERS \(\/nowhere\)/);
	});
});
