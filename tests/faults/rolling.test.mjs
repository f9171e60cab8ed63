// tests/faults/rolling.test.mjs -- every process is started anew under load, also over a migration: no request fails, no message
// waits.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, until } from "../e2e/harness.mjs";
import { pause } from "./keeper.mjs";
import { Ledger } from "./ledger.mjs";
import { change, rows } from "./records.mjs";
import { Up } from "./up.mjs";

const PROGRAMS = ["scheduler", "api", "workers", "bots"];
const LATE_MS = 1000;
const REQUEST_MS = 2000;	// it may wait in the backlog while a sanitized API starts
const CLIENTS = 4;

let up, desk, operator, ledger, bad, asked;
let nextCustomer = 1;

before(async () => {
	up = await Up.open({ ECO_WORKERS: "2", ECO_CHAT_PER_S: "50", ECO_SEND_PER_S: "500" });
	desk = up.desk;
	operator = await desk.signIn();
	ledger = new Ledger(desk);
});
after(() => up?.close());

// One request, once: whatever is no success is kept.
async function once(path, options) {
	const began = Date.now();
	asked.count++;
	try {
		const answer = await call(desk.url + path, { token: operator.token, ...options });
		if (answer.status >= 300) bad.push(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
		return answer.body;
	} catch (error) {
		bad.push(`${path}: ${error.cause ?? error}`);
		return {};
	} finally {
		asked.slowest = Math.max(asked.slowest, Date.now() - began);
	}
}

async function client(number, state) {
	const customer = desk.customer(number);
	const writes = async (text) => {
		state.written.set(text, Date.now());
		await customer.writes(text);
		ledger.written.push({ chat: customer.id, text });
	};
	await writes(`${number} begins`);
	const appeal = await desk.appealOf(operator, customer, "new");
	await once(`/api/v1/appeals/${appeal.id}/take`, { method: "POST", json: {} });
	for (let round = 0; !state.stopped; round++) {
		await writes(`${number} writes ${round}`);
		await once("/api/v1/appeals?limit=20");
		const text = `${number} is answered ${round}`;
		const { id } = await once(`/api/v1/appeals/${appeal.id}/messages`, { method: "POST", json: { text } });
		state.answered.set(text, Date.now());
		ledger.answered.push({ id, text });
		await pause(20);
	}
}

async function pidsOfAll() {
	return Object.fromEntries(await Promise.all(PROGRAMS.map(async (program) => [program, await up.pids(program)])));
}

// Replaces every process while clients are at work, after `first` has happened in the midst of it.
async function roll(t, first) {
	const state = { stopped: false, written: new Map(), answered: new Map() };
	[bad, asked] = [[], { count: 0, slowest: 0 }];
	const old = await pidsOfAll();
	const load = Promise.all(Array.from({ length: CLIENTS }, () => client(nextCustomer++, state)));
	await until("the load to run", () => state.answered.size > 20);
	await first();
	const { code, err } = await up.ctl("restart");
	assert.equal(code, 0, err);
	await until("every process to be another", async () => {
		const now = await pidsOfAll();
		return PROGRAMS.every((program) => now[program].length === old[program].length && now[program].every((pid) => !old[program].includes(pid)));
	}, 60000);
	const size = state.answered.size;
	await until("the load to go on", () => state.answered.size > size + 20);
	state.stopped = true;
	await load;
	await ledger.settle();

	assert.deepEqual(bad, [], "requests that failed");
	assert.doesNotMatch(up.out, /ended:|not stopped|killing/);
	assert.deepEqual(await ledger.problems(), []);
	assert.equal(await ledger.unknown(), 0);
	await assertInTime(t, state);
}

async function assertInTime(t, state) {
	const sent = new Map((await desk.calls()).filter((each) => each.method === "sendMessage").map((each) => [each.text, each.at]));
	const out = [...state.answered].map(([text, at]) => sent.get(text) - at);
	const taken = await rows(desk, "SELECT text, at FROM events JOIN messages ON messages.id = message_id WHERE events.kind = 7 AND author = 0");
	const into = taken.filter(({ text }) => state.written.has(text)).map(({ text, at }) => at - state.written.get(text));
	t.diagnostic(`${asked.count} requests, slowest ${asked.slowest} ms; ${out.length} answers, latest ${Math.max(...out)} ms; `
		+ `${into.length} taken in, latest ${Math.max(...into)} ms`);
	assert.ok(Math.max(...out) <= LATE_MS, `an answer came ${Math.max(...out)} ms after it was accepted`);
	assert.ok(Math.max(...into) <= LATE_MS, `a message was taken in ${Math.max(...into)} ms after it was written`);
	assert.ok(asked.slowest <= REQUEST_MS, `a request took ${asked.slowest} ms`);
}

test("a rolling restart under load", (t) => roll(t, () => {}));

test("a rolling restart over a migration: programs of this version go on and start with tables of the next", (t) => roll(t, async () => {
	const [{ user_version: version }] = await rows(desk, "PRAGMA user_version");
	// As the next version's first program does it: in one transaction, under the write lock, and only adding.
	await change(desk, `
		CREATE TABLE next_things (id INTEGER PRIMARY KEY, appeal_id INTEGER NOT NULL REFERENCES appeals (id)) STRICT;
		ALTER TABLE appeals ADD COLUMN next_number INTEGER NOT NULL DEFAULT 0;
		ALTER TABLE tasks ADD COLUMN next_word TEXT;
		CREATE INDEX next_messages ON messages (created_at);
		CREATE TRIGGER next_appeals AFTER INSERT ON appeals BEGIN INSERT INTO next_things (appeal_id) VALUES (NEW.id); END;
		INSERT INTO meta (key, value) VALUES ('schema_oldest', ${version}) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
		PRAGMA user_version = ${version + 1}`);
}));

test("a restart is refused where nothing runs", async () => {
	up.child.kill("SIGTERM");
	await up.exit;
	const after = await up.ctl("restart");
	assert.equal(after.code, 1);
	assert.match(after.err, /no `ecoctl up` runs/);
});
