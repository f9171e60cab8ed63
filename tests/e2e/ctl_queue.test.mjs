// tests/e2e/ctl_queue.test.mjs -- `ecoctl queue`: what it counts, with Redis and without; pausing a type; a dead task by hand.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startDesk, until } from "./harness.mjs";

let desk, operator;

before(async () => {
	desk = await startDesk();
	await desk.settled();
	operator = await desk.signIn();
});
after(() => desk?.stop());

async function queue(type, kind = "interactive") {
	const { code, out, err } = await desk.ecoctl("queue", "--json");
	assert.equal(code, 0, err);
	const overview = JSON.parse(out);
	return { ...overview.queues.find((each) => each.type === type && each.class === kind), redis_answers: overview.redis_answers };
}

async function inWork(id) {
	const customer = desk.customer(id);
	await customer.writes("Help");
	const appeal = await desk.appealOf(operator, customer, "new");
	assert.equal((await operator.post(`/api/v1/appeals/${appeal.id}/take`)).status, 200);
	await customer.hears(/has joined/);
	return { customer, appeal };
}

test("pause keeps a type's tasks in its stream, queue counts them, resume lets them run", async () => {
	const { customer, appeal } = await inWork(5001);
	const { code, out } = await desk.ecoctl("queue", "pause", "deliver");
	assert.equal(code, 0);
	assert.match(out, /workers leave deliver alone/);
	for (const text of ["one", "two", "three"])
		assert.equal((await operator.post(`/api/v1/appeals/${appeal.id}/messages`, { text })).status, 201);
	const paused = await until("the queue to stand", async () => {
		const now = await queue("deliver");
		return now.records.waiting === 2 && now.records.ready === 1 && now.redis.length >= 1 && now;
	});
	assert.equal(paused.redis.paused, true);
	assert.ok(paused.records.oldest_age_ms >= 0);
	const table = (await desk.ecoctl("queue")).out;
	assert.match(table, /^type +class +stream +pending +lag +delayed \| +waiting +ready +later +running +dead +oldest$/m);
	assert.match(table, /^deliver +interactive +\d+ +\d+ +\d+ +0 \| +2 +1 +0 +0 +0 +\d+ \w+ {2}paused$/m);
	assert.match(table, /^bot_update +interactive +- +- +- +- \| /m);
	assert.equal((await customer.chat()).filter((each) => each.text === "one").length, 0);
	assert.equal((await desk.ecoctl("queue", "resume", "deliver")).code, 0);
	await customer.hears("three");
	await until("the queue to be empty", async () => (await queue("deliver")).records.waiting === 0);
});

test("a timer counts as due later, not as late", async () => {
	const { customer, appeal } = await inWork(5002);
	assert.equal((await operator.post(`/api/v1/appeals/${appeal.id}/close`)).status, 200);
	await customer.hears(/believes this is solved/);
	const timers = await queue("close_appeal");
	assert.deepEqual([timers.records.later, timers.records.ready, timers.records.oldest_age_ms], [1, 0, 0]);
});

test("a dead task is listed, shown, queued again under a new number, or dropped", async () => {
	const die = async (id) => {
		const { customer, appeal } = await inWork(id);
		assert.equal((await operator.post(`/api/v1/appeals/${appeal.id}/close`)).status, 200);
		const question = await customer.hears(/believes this is solved/);
		await desk.faults({ method: "editMessageReplyMarkup", kind: "error_500", count: 5, user: customer.id });
		const before = (await queue("edit_markup")).records.dead;
		await customer.presses(question, question.reply_markup.inline_keyboard[1][0].callback_data);
		await until("the task to die", async () => {
			await desk.passTime(30_000);
			return (await queue("edit_markup")).records.dead === before + 1;
		}, 60000);
		return { customer, question };
	};
	const buttons = async ({ customer, question }) =>
		(await customer.chat()).find((each) => each.message_id === question.message_id).reply_markup;
	const first = await die(5003);
	const listed = (await desk.ecoctl("queue", "dead")).out;
	const [, id] = /^ *(\d+) +edit_markup +interactive/m.exec(listed);
	const shown = (await desk.ecoctl("queue", "show", id)).out;
	assert.match(shown, /^state +dead$/m);
	assert.match(shown, /^payload +\{"message_id":\d+\}$/m);
	assert.match(shown, /^errors +5 of 5$/m);
	assert.ok(await buttons(first));
	const again = await desk.ecoctl("queue", "requeue", id);
	assert.equal(again.code, 0, again.err);
	const [, newId] = /^task (?:\d+) is queued again as (\d+)$/m.exec(again.out);
	assert.ok(Number(newId) > Number(id));
	await until("the buttons to go", async () => !(await buttons(first))?.inline_keyboard?.length);
	const gone = await desk.ecoctl("queue", "show", id);
	assert.equal(gone.code, 1);
	assert.match(gone.err, new RegExp(`no task ${id}: it is done, or never was`));

	await die(5004);
	const [, second] = /^ *(\d+) +edit_markup/m.exec((await desk.ecoctl("queue", "dead")).out);
	assert.equal((await desk.ecoctl("queue", "drop", second)).code, 0);
	assert.match((await desk.ecoctl("queue", "dead")).out, /no task is dead/);
});

test("what can't be done is refused with its reason", async () => {
	const { appeal } = await inWork(5005);
	await desk.ecoctl("queue", "pause", "deliver");
	assert.equal((await operator.post(`/api/v1/appeals/${appeal.id}/messages`, { text: "not dead" })).status, 201);
	const entry = await until("the entry", async () => {
		const out = await desk.redis("xrevrange", "eco:stream:deliver:interactive", "+", "-", "count", "1");
		return /\btask\n(\d+)/.exec(out);
	});
	const alive = await desk.ecoctl("queue", "drop", entry[1]);
	assert.equal(alive.code, 1);
	assert.match(alive.err, new RegExp(`task ${entry[1]} is ready; only dead ones are requeued or dropped`));
	await desk.ecoctl("queue", "resume", "deliver");
	const kind = await desk.ecoctl("queue", "pause", "bot_update");
	assert.deepEqual([kind.code, /bot_update is no type that workers run; those are: deliver /.test(kind.err)], [2, true]);
	const word = await desk.ecoctl("queue", "show", "twelve");
	assert.deepEqual([word.code, /twelve is no task's number/.test(word.err)], [2, true]);
	const place = await desk.ecoctlIn({ ECO_DIR: "/nowhere/at/all" }, "queue");
	assert.deepEqual([place.code, /ECO_DIR \/nowhere\/at\/all: No such file/.test(place.err)], [1, true]);
});

test("without Redis the records' part is shown, and pausing says why not", async () => {
	await desk.processes.redis.kill();
	const without = await queue("deliver");
	assert.equal(without.redis_answers, false);
	assert.equal(without.redis, null);
	assert.equal(typeof without.records.ready, "number");
	const { code, out } = await desk.ecoctl("queue");
	assert.equal(code, 0);
	assert.match(out, /Redis does not answer: its columns are empty/);
	assert.match(out, /^deliver +interactive +- +- +- +- \| /m);
	const paused = await desk.ecoctl("queue", "pause", "deliver");
	assert.equal(paused.code, 1);
	assert.match(paused.err, /Redis does not answer/);
	await desk.start("redis");
});
