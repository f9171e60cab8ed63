// tests/e2e/harness.mjs -- runs the real processes on free ports in a folder of their own, and speaks to them.
//
//   const desk = await startDesk();            // redis, sandbox, scheduler, api, worker, bots
//   const operator = await desk.signIn();      // admin
//   const anna = desk.customer(1001);
//   await anna.writes("Hello");
//   await until("the appeal", async () => (await operator.get("/api/v1/appeals")).body.items[0]);
//   await desk.stop();

import { spawn, execFile } from "node:child_process";
import { createServer } from "node:net";
import { mkdtemp, readFile, rm, mkdir, writeFile } from "node:fs/promises";
import { closeSync, createWriteStream, existsSync, openSync, readSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const BIN_DIR = resolve(ROOT, process.env.BIN_DIR ?? "build/address/bin");

// ---- waiting: always for a condition, never for luck ---------------------------------------------

// Calls probe until it returns something truthy, and returns that. What it throws counts as "not yet".
export async function until(what, probe, timeoutMs = 20000) {
	const deadline = Date.now() + timeoutMs;
	let last;
	for (;;) {
		try {
			const value = await probe();
			if (value) return value;
		} catch (error) {
			last = error;
		}
		if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`, { cause: last });
		await new Promise((done) => setTimeout(done, 20));
	}
}

// Did it end well?
const run = (file, ...args) => new Promise((done) => execFile(file, args, (error) => done(!error)));

// Never the same twice: the kernel may offer one again as soon as we let go of it.
const given = new Set();
export async function freePort() {
	for (;;) {
		const server = createServer();
		await new Promise((done) => server.listen(0, "127.0.0.1", done));
		const { port } = server.address();
		await new Promise((done) => server.close(done));
		if (!given.has(port)) {
			given.add(port);
			return port;
		}
	}
}

// ---- one process -----------------------------------------------------------------------------------

class Process {
	constructor(name, file, args, env, logFile) {
		Object.assign(this, { name, file, args, env, logFile });
	}

	start() {
		const log = createWriteStream(this.logFile, { flags: "a" });
		this.child = spawn(this.file, this.args, { env: this.env, cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
		this.child.stdout.pipe(log, { end: false });
		this.child.stderr.pipe(log, { end: false });
		this.exit = new Promise((done) => this.child.once("exit", (code, signal) => done((this.ended = { code, signal }))));
		this.child.once("close", () => log.end());	// its last words may come after its exit
		this.ended = undefined;
	}

	kill(signal = "SIGKILL") {
		this.child.kill(signal);
		return this.exit;
	}

	// SIGTERM, and SIGKILL only for one that ignores it: that is reported.
	async stop() {
		if (!this.child || this.ended) return;
		const hard = setTimeout(() => {
			this.stubborn = true;
			this.child.kill("SIGCONT");
			this.child.kill("SIGKILL");
		}, 15000);
		this.child.kill("SIGCONT");
		this.child.kill("SIGTERM");
		await this.exit;
		clearTimeout(hard);
	}
}

// ---- an HTTP client that never throws on a status ------------------------------------------------------

export async function call(url, { method = "GET", token, json, form, headers = {}, signal } = {}) {
	const init = { method, headers: { ...headers }, signal };
	if (token) init.headers.authorization = `Bearer ${token}`;
	if (json !== undefined) {
		init.headers["content-type"] = "application/json";
		init.body = JSON.stringify(json);
	}
	if (form) init.body = new URLSearchParams(form);
	const response = await fetch(url, init);
	const text = await response.text();
	let body = text;
	try {
		body = JSON.parse(text);
	} catch {
		// not JSON: the text as it is
	}
	return { status: response.status, headers: response.headers, body };
}

class Client {
	constructor(desk, grant) {
		Object.assign(this, { desk, grant, token: grant.access_token });
	}
	// Tests move the clock past the token's fifteen minutes: as any client does, it refreshes and asks again.
	async request(path, options) {
		const ask = () => call(this.desk.url + path, { token: this.token, ...options });
		const answer = await ask();
		if (answer.status !== 401 || options.token) return answer;
		await this.refresh();
		return ask();
	}
	async refresh() {
		const answer = await call(`${this.desk.url}/oauth/token`, { method: "POST",
			form: { grant_type: "refresh_token", refresh_token: this.grant.refresh_token } });
		if (answer.status !== 200) throw new Error(`refresh: ${answer.status} ${JSON.stringify(answer.body)}`);
		this.grant = answer.body;
		this.token = answer.body.access_token;
	}
	get(path, options) {
		return this.request(path, { ...options });
	}
	post(path, json = {}, options) {
		return this.request(path, { method: "POST", json, ...options });
	}
	patch(path, json, options) {
		return this.request(path, { method: "PATCH", json, ...options });
	}
	delete(path, options) {
		return this.request(path, { method: "DELETE", ...options });
	}
	// Live updates: collects events until closed.
	events(after) {
		return new EventStream(`${this.desk.url}/api/v1/events${after ? `?after=${after}` : ""}`, this.token);
	}
}

export class EventStream {
	constructor(url, token) {
		this.events = [];
		this.abort = new AbortController();
		this.done = this.read(url, token).catch((error) => {
			if (error.name !== "AbortError") this.error = error;
		}).finally(() => {
			this.closed = true;
		});
	}
	async read(url, token) {
		const response = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal: this.abort.signal });
		this.status = response.status;
		let text = "";
		const decoder = new TextDecoder();
		for await (const chunk of response.body) {
			text += decoder.decode(chunk, { stream: true });
			this.open = true;
			for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) this.take(text.slice(0, end));
		}
	}
	take(block) {
		const event = {};
		for (const line of block.split("\n")) {
			const [, field, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
			if (field) event[field] = value;
		}
		if (event.data) this.events.push({ id: event.id, kind: event.event, ...JSON.parse(event.data) });
	}
	async close() {
		this.abort.abort();
		await this.done;
	}
}

// ---- a customer with a phone ----------------------------------------------------------------------------

class Customer {
	constructor(desk, id, bot = "support") {
		Object.assign(this, { desk, id, name: `Customer ${id}`, base: `${desk.sandbox}/sandbox/v1/${bot}/users/${id}` });
	}
	async drive(path, json) {
		const answer = await call(this.base + path, { method: "POST", json });
		if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
		return answer.body;
	}
	writes(text, more = {}) {
		return this.drive("/messages", { text, language_code: "en", first_name: this.name, ...more });
	}
	presses(message, data) {
		return this.drive("/press", { message_id: message.message_id, data });
	}
	async chat() {
		const answer = await call(`${this.base}/chat`);
		return answer.body.items ?? answer.body.messages ?? answer.body;
	}
	// The bot's message that holds this text (a string or a pattern), once it is there.
	hears(text, timeoutMs) {
		const fits = (message) => (text instanceof RegExp ? text.test(message.text ?? "") : message.text === text);
		return until(`customer ${this.id} to hear ${text}`,
			async () => (await this.chat()).find((message) => isFromBot(message) && fits(message)), timeoutMs);
	}
}

export function isFromBot(message) {
	return message.from === "bot" || message.from?.is_bot === true || message.author === "bot" || message.outgoing === true;
}

// ---- the whole desk ------------------------------------------------------------------------------------

// disk: a file system of its own, of that size ("96m"), for all that the desk writes, where we may mount one.
export async function startDesk({ env = {}, only, disk } = {}) {
	const desk = new Desk();
	await desk.prepare(env, disk);
	try {
		await desk.start(only ?? ["redis", "sandbox", "scheduler", "api", "worker", "bots"]);
	} catch (error) {
		await desk.printLogs();
		await desk.stop();
		throw error;
	}
	return desk;
}

class Desk {
	processes = {};

	async prepare(env, disk) {
		this.dir = await mkdtemp(join(tmpdir(), "eco-"));
		this.logs = await mkdtemp(join(tmpdir(), "eco-logs-"));
		this.tmpfs = disk !== undefined && (await run("mount", "-t", "tmpfs", "-o", `size=${disk},mode=0700`, "none", this.dir));
		const [port, second, sandboxPort] = [await freePort(), await freePort(), await freePort()];
		this.url = `http://127.0.0.1:${port}`;
		this.docsUrl = `http://127.0.0.1:${second}`;
		this.sandbox = `http://127.0.0.1:${sandboxPort}`;
		const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("ECO_")));
		this.env = {
			...clean,
			ECO_DIR: this.dir,
			ECO_LISTEN: `127.0.0.1:${port},127.0.0.1:${second}`,
			ECO_SANDBOX_LISTEN: `127.0.0.1:${sandboxPort}`,
			ECO_TEST: "1",
			...env,
		};
		await mkdir(join(this.dir, "redis"));
		await this.redisUsers();
	}

	// Each process signs in to Redis as its own user; a test may do everything there.
	async redisUsers() {
		const { code, err } = await this.ecoctl("redis-users");
		if (code !== 0) throw new Error(`ecoctl redis-users: ${err}`);
		const lines = await readFile(join(this.dir, "redis-users/users.acl"), "utf8");
		await writeFile(join(this.dir, "redis-users/tests.acl"), lines.replace("user default off", "user default on nopass ~* &* +@all"));
	}

	make(name) {
		const kind = name.replace(/\d+$/, "");	// worker2: one more of them
		const program = kind === "worker" ? "workers" : kind;
		const log = join(this.logs, `${name}.log`);
		if (name === "redis")
			return new Process(name, "redis-server", ["redis/redis.conf", "--unixsocket", join(this.dir, "redis.sock"),
				"--port", "0", "--dir", join(this.dir, "redis"), "--aclfile", join(this.dir, "redis-users/tests.acl"), "--daemonize", "no"], this.env, log);
		return new Process(name, join(BIN_DIR, program), [], this.env, log);
	}

	// One that ends before it is ready is an error at once.
	async start(names) {
		for (const name of [names].flat()) {
			const process = (this.processes[name] ??= this.make(name));
			process.start();
			const ended = process.exit.then((how) => Promise.reject(new Error(`${name} ended: ${JSON.stringify(how)}`)));
			const ready = this.ready(name);
			for (const each of [ended, ready]) each.catch(() => {});
			await Promise.race([ended, ready]);
		}
	}

	ready(name) {
		const probes = {
			redis: async () => (await this.redis("ping")) === "PONG",
			sandbox: async () => (await fetch(`${this.sandbox}/`)).ok,
			api: async () => (await fetch(`${this.url}/healthz`)).ok,
		};
		return until(`${name} to be ready`, async () => (probes[name] ? probes[name]() : true));
	}

	// Everything is wired up: Redis has its epoch, the API says so.
	async settled() {
		await until("readiness", async () => (await fetch(`${this.url}/readyz`)).ok);
	}

	// As one who may do everything; under `ecoctl up` as `ops`, who may only look.
	async redis(...words) {
		const own = ["-s", join(this.dir, "redis.sock")], env = { ...process.env };
		if (!this.processes.redis) {
			own.push("--user", "ops");
			env.REDISCLI_AUTH = (await readFile(join(this.dir, "redis-users/ops"), "utf8")).trim();
		}
		return new Promise((done, fail) => {
			execFile("redis-cli", [...own, ...words], { env }, (error, out) => (error ? fail(error) : done(out.trim())));
		});
	}

	async password() {
		return (await readFile(join(this.dir, "admin-password"), "utf8")).trim();
	}

	async signIn(username = "admin", password = undefined) {
		const answer = await call(`${this.url}/oauth/token`, { method: "POST",
			form: { grant_type: "password", username, password: password ?? await this.password() } });
		if (answer.status !== 200) throw new Error(`sign in: ${answer.status} ${JSON.stringify(answer.body)}`);
		return new Client(this, answer.body);
	}

	// Runs ecoctl to its end: { code, out, err }.
	ecoctl(...args) {
		return this.ecoctlIn({}, ...args);
	}
	// With other settings.
	ecoctlIn(env, ...args) {
		return new Promise((done) => {
			execFile(join(BIN_DIR, "ecoctl"), args, { env: { ...this.env, ...env }, cwd: ROOT }, (error, out, err) =>
				done({ code: error ? error.code : 0, out, err }));
		});
	}

	// A new employee, signed in.
	async hire(login, role, password = "a long enough password") {
		const add = new Process("ecoctl", join(BIN_DIR, "ecoctl"), ["employee", "add", login, "--role", role, "--name", login],
			this.env, join(this.logs, "ecoctl.log"));
		const child = spawn(add.file, add.args, { env: this.env, cwd: ROOT, stdio: ["pipe", "ignore", "inherit"] });
		child.stdin.end(`${password}\n`);
		const code = await new Promise((done) => child.once("exit", done));
		if (code !== 0) throw new Error(`ecoctl employee add: exit ${code}`);
		return this.signIn(login, password);
	}

	customer(id, bot) {
		return new Customer(this, id, bot);
	}

	// Moves the wall clock of every process. In one step: two at once add up.
	async passTime(ms) {
		const file = openSync(join(this.dir, "clock"), "r+");
		const offset = Buffer.alloc(8);
		readSync(file, offset, 0, 8, 0);
		offset.writeBigInt64LE(offset.readBigInt64LE() + BigInt(ms));
		writeSync(file, offset, 0, 8, 0);
		closeSync(file);
	}

	// The appeal of this customer in that state, once it is there.
	appealOf(client, customer, state, timeoutMs) {
		return until(`an appeal of ${customer.name} in ${state}`, async () => {
			const { body } = await client.get("/api/v1/appeals?limit=200");
			return body.items.find((appeal) => appeal.state === state && appeal.customer.name === customer.name);
		}, timeoutMs);
	}

	faults(fault, bot = "support") {
		return call(`${this.sandbox}/sandbox/v1/${bot}/faults`, { method: "POST", json: fault });
	}

	async calls(bot = "support") {
		const { body } = await call(`${this.sandbox}/sandbox/v1/${bot}/calls`);
		return body.items ?? body;
	}

	async printLogs() {
		for (const name of Object.keys(this.processes)) {
			const log = join(this.logs, `${name}.log`);
			if (existsSync(log)) console.error(`--- ${name}\n${(await readFile(log, "utf8")).slice(-4000)}`);
		}
	}

	// Stops everything in reverse order; what did not end by SIGTERM, or ended with a sanitizer's report, is an error.
	async stop() {
		const bad = [];
		for (const name of Object.keys(this.processes).reverse()) {
			const process = this.processes[name];
			await process.stop();
			if (process.stubborn) bad.push(`${name} ignored SIGTERM`);
			const log = await readFile(process.logFile, "utf8").catch(() => "");
			if (/ERROR: (Address|Leak)Sanitizer|runtime error:|WARNING: ThreadSanitizer/.test(log))
				bad.push(`${name}: ${log.slice(log.search(/ERROR: |runtime error|WARNING: Thread/)).slice(0, 3000)}`);
		}
		if (this.tmpfs) await run("umount", "-l", this.dir);
		await rm(this.dir, { recursive: true, force: true });
		await rm(this.logs, { recursive: true, force: true });
		if (bad.length) throw new Error(bad.join("\n"));
	}
}
