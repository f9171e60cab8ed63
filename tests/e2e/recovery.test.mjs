// tests/e2e/recovery.test.mjs -- a killed worker, a flushed Redis, a second scheduler: nothing is lost, nothing comes twice.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startDesk, until } from "./harness.mjs";

let desk, operator;
let nextCustomer = 2001;

before(async () => {
	desk = await startDesk();
	await desk.settled();
	operator = await desk.signIn();
});
after(() => desk?.stop());

const path = (appeal, rest = "") => `/api/v1/appeals/${appeal.id}${rest}`;

async function inWork() {
	const customer = desk.customer(nextCustomer++);
	await customer.writes("Help");
	const appeal = await desk.appealOf(operator, customer, "new");
	assert.equal((await operator.post(path(appeal, "/take"))).status, 200);
	await customer.hears(/has joined/);
	return { customer, appeal };
}

async function answer(appeal, text) {
	const posted = await operator.post(path(appeal, "/messages"), { text });
	assert.equal(posted.status, 201, JSON.stringify(posted.body));
	return posted.body.id;
}

const heard = async (customer, texts) => (await customer.chat()).map((each) => each.text).filter((text) => texts.includes(text));

async function allHeardOnce(customer, texts, timeoutMs) {
	await until(`${texts.length} answers`, async () => (await heard(customer, texts)).length >= texts.length, timeoutMs);
	assert.deepEqual(await heard(customer, texts), texts);
}

test("answers given while Redis is flushed all arrive, once and in order", async () => {
	const { customer, appeal } = await inWork();
	await desk.processes.worker.stop();
	const texts = Array.from({ length: 5 }, (_, i) => `flushed ${i}`);
	for (const text of texts) await answer(appeal, text);
	await desk.redis("flushall");
	await desk.start("worker");
	await allHeardOnce(customer, texts, 30000);
});

test("a timer survives the loss of Redis", async () => {
	const { customer, appeal } = await inWork();
	assert.equal((await operator.post(path(appeal, "/close"))).status, 200);
	await customer.hears(/believes this is solved/);
	await desk.redis("flushall");
	await desk.passTime(600_000);
	await desk.appealOf(operator, customer, "closed", 30000);
});

test("Redis restarted empty is rebuilt, and what was accepted meanwhile arrives", async () => {
	const { customer, appeal } = await inWork();
	await desk.processes.redis.kill();
	const texts = ["without redis 1", "without redis 2"];
	for (const text of texts) await answer(appeal, text);
	await desk.redis("flushall").catch(() => {});
	await desk.start("redis");
	await desk.redis("flushall");
	await allHeardOnce(customer, texts, 30000);
});

test("a killed worker's tasks run elsewhere within ten seconds, and its send in flight shows as not confirmed", async () => {
	await desk.start("worker2");
	const { customer, appeal } = await inWork();
	await desk.processes.worker2.stop();
	await desk.faults({ method: "sendMessage", kind: "delay", delay_ms: 2500, count: 1, user: customer.id });
	const first = await answer(appeal, "in flight");
	const second = await answer(appeal, "behind it");
	const delivery = async (id) => (await operator.get(path(appeal, "/messages"))).body.items.find((each) => each.id === id).delivery;
	await until("the send to be in flight", async () => (await delivery(first)) === "sending");
	await desk.processes.worker.kill();
	const started = Date.now();
	await desk.start("worker2");
	await until("the message behind it", async () => (await delivery(second)) === "sent", 30000);
	assert.ok(Date.now() - started < 12000, `take-over took ${Date.now() - started} ms`);
	assert.equal(await delivery(first), "unknown");
	await desk.processes.worker2.stop();
	await desk.start("worker");
});

test("a second scheduler takes over when the first is killed, and timers still fire", async () => {
	const { customer, appeal } = await inWork();
	await desk.start("scheduler2");
	assert.equal((await operator.post(path(appeal, "/close"))).status, 200);
	await customer.hears(/believes this is solved/);
	await desk.processes.scheduler.kill();
	await desk.passTime(600_000);
	await desk.appealOf(operator, customer, "closed", 30000);
	await customer.hears(/^The appeal is closed/);
	const closings = (await customer.chat()).filter((each) => /^The appeal is closed/.test(each.text ?? ""));
	assert.equal(closings.length, 1);
});

test("a killed API loses no accepted answer", async () => {
	const { customer, appeal } = await inWork();
	const texts = Array.from({ length: 10 }, (_, i) => `accepted ${i}`);
	const accepted = [];
	for (const text of texts) {
		if (text === "accepted 5") {
			await desk.processes.api.kill();
			await desk.start("api");
		}
		accepted.push(text);
		await answer(appeal, text);
	}
	await allHeardOnce(customer, accepted, 30000);
});
