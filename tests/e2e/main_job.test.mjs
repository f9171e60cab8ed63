// tests/e2e/main_job.test.mjs -- the main job through real processes: from the customer's phone to the closed appeal.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startDesk, until } from "./harness.mjs";

const TEN_MINUTES_MS = 600_000;
let desk, operator;
let nextCustomer = 1001;

before(async () => {
	desk = await startDesk();
	await desk.settled();
	operator = await desk.signIn();
});
after(() => desk?.stop());

const newCustomer = () => desk.customer(nextCustomer++);
const path = (appeal, rest = "") => `/api/v1/appeals/${appeal.id}${rest}`;

async function ok(promise, status = 200) {
	const answer = await promise;
	assert.equal(answer.status, status, JSON.stringify(answer.body));
	return answer.body;
}

const messages = async (appeal) => (await ok(operator.get(path(appeal, "/messages")))).items;

async function delivered(appeal, id, state = "sent") {
	return until(`message ${id} to be ${state}`, async () =>
		(await messages(appeal)).find((message) => message.id === id && message.delivery === state));
}

// A customer whose appeal is in work, after one answer.
async function inWork() {
	const customer = newCustomer();
	await customer.writes("The scooter does not start");
	const appeal = await desk.appealOf(operator, customer, "new");
	await ok(operator.post(path(appeal, "/take")));
	const answer = await ok(operator.post(path(appeal, "/messages"), { text: "Which number is on it?" }), 201);
	await delivered(appeal, answer.id);
	return { customer, appeal };
}

async function closing() {
	const { customer, appeal } = await inWork();
	await ok(operator.post(path(appeal, "/close")));
	const notice = await customer.hears(/believes this is solved/);
	return { customer, appeal, notice };
}

const button = (notice, text) => notice.reply_markup.inline_keyboard.flat().find((each) => each.text === text).callback_data;

test("a customer writes, an operator answers and closes, silence closes the appeal for good", async () => {
	const customer = newCustomer();
	await customer.writes("The brake is stuck");
	const appeal = await desk.appealOf(operator, customer, "new");
	await customer.hears(`Your appeal #${appeal.number} is registered. An operator will answer soon. Feel free to add details, we will see them all.`);
	const taken = await ok(operator.post(path(appeal, "/take")));
	assert.equal(taken.state, "in_work");
	await customer.hears(/has joined/);

	const answer = await ok(operator.post(path(appeal, "/messages"), { text: "We are on our way" }), 201);
	assert.equal(answer.author, "employee");
	assert.equal(answer.delivery, "queued");
	await customer.hears("We are on our way");
	const sent = await delivered(appeal, answer.id);
	assert.ok(sent.telegram_message_id > 0);

	const closed = await ok(operator.post(path(appeal, "/close")));
	assert.equal(closed.state, "closing");
	assert.ok(Math.abs(closed.closing_at - (await ok(operator.get(path(appeal)))).last_activity_at - TEN_MINUTES_MS) < 60_000);
	const notice = await customer.hears(/believes this is solved/);
	assert.deepEqual(notice.reply_markup.inline_keyboard.flat().map((each) => each.text), ["Problem solved", "Still need help"]);

	// Beyond the deadline's own second, in which a message would still be in time.
	await desk.passTime(TEN_MINUTES_MS + 2000);
	await desk.appealOf(operator, customer, "closed");
	await customer.hears(/^The appeal is closed/);
	const texts = (await messages(appeal)).map((message) => message.text);
	assert.ok(texts.includes("The brake is stuck"));

	await customer.writes("It is stuck again");
	const next = await desk.appealOf(operator, customer, "new");
	assert.equal(next.previous_id, appeal.id);
	assert.notEqual(next.number, appeal.number);
});

test("a customer who writes within the ten minutes gets the same operator back, and the timer is void", async () => {
	const { customer, appeal } = await closing();
	await customer.writes("Not yet: the display is dark");
	const back = await desk.appealOf(operator, customer, "in_work");
	assert.equal(back.id, appeal.id);
	assert.equal(back.closing_at, null);
	await desk.passTime(TEN_MINUTES_MS + 1000);
	const probe = newCustomer();
	await probe.writes("proof that the workers went on");
	await desk.appealOf(operator, probe, "new");
	assert.equal((await ok(operator.get(path(appeal)))).state, "in_work");
});

test("[Problem solved] closes at once, pressing it again changes nothing", async () => {
	const { customer, appeal, notice } = await closing();
	const data = button(notice, "Problem solved");
	await customer.presses(notice, data);
	const closed = await desk.appealOf(operator, customer, "closed");
	assert.equal(closed.closed_by, "customer");
	await customer.hears(/Glad it is solved/);
	await until("the buttons to be gone", async () =>
		!(await customer.chat()).find((each) => each.message_id === notice.message_id).reply_markup?.inline_keyboard?.length);
	await customer.writes("Thanks again");
	const next = await desk.appealOf(operator, customer, "new");
	assert.equal(next.previous_id, appeal.id);
});

test("[Still need help] brings the appeal back to the operator", async () => {
	const { customer, appeal, notice } = await closing();
	await customer.presses(notice, button(notice, "Still need help"));
	const back = await desk.appealOf(operator, customer, "in_work");
	assert.equal(back.id, appeal.id);
	assert.equal(back.assignee.id, (await ok(operator.get("/api/v1/me"))).id);
	await customer.hears(/we go on/);
});

test("a message that Telegram dated before the deadline brings a closed appeal back, a later one does not", async () => {
	const { customer, appeal } = await closing();
	const { closing_at: deadline } = await ok(operator.get(path(appeal)));
	await desk.passTime(TEN_MINUTES_MS + 5000);
	await desk.appealOf(operator, customer, "closed");
	await customer.writes("I wrote this in the metro", { date: Math.floor(deadline / 1000) });
	const back = await desk.appealOf(operator, customer, "in_work");
	assert.equal(back.id, appeal.id);

	const second = await closing();
	await desk.passTime(TEN_MINUTES_MS + 5000);
	const late = await desk.appealOf(operator, second.customer, "closed");
	await second.customer.writes("Too late", { date: Math.floor(late.closing_at / 1000) + 1 });
	const next = await desk.appealOf(operator, second.customer, "new");
	assert.equal(next.previous_id, second.appeal.id);
});

test("an operator writes first to a known customer", async () => {
	const { customer, appeal, notice } = await closing();
	await customer.presses(notice, button(notice, "Problem solved"));
	await desk.appealOf(operator, customer, "closed");
	const begun = await ok(operator.post("/api/v1/appeals", { customer_id: appeal.customer.id, text: "Your refund is on its way" }), 201);
	assert.equal(begun.state, "in_work");
	assert.equal(begun.previous_id, appeal.id);
	await customer.hears("Your refund is on its way");
	const again = await operator.post("/api/v1/appeals", { customer_id: appeal.customer.id, text: "And another" });
	assert.equal(again.status, 409);
});

test("an edit is kept beside what was written first", async () => {
	const { customer, appeal } = await inWork();
	const written = await customer.writes("Number 4711");
	await until("the message", async () => (await messages(appeal)).find((each) => each.text === "Number 4711"));
	await customer.drive(`/messages/${written.message_id}/edit`, { text: "Number 4712" });
	const edited = await until("the edit", async () => (await messages(appeal)).find((each) => each.text === "Number 4712"));
	assert.deepEqual(edited.versions.map((version) => version.text), ["Number 4711"]);
	assert.ok(edited.edited_at > 0);
});

test("a sticker is answered politely and shown to the operator", async () => {
	const { customer, appeal } = await inWork();
	await customer.drive("/messages", { sticker: true, first_name: customer.name });
	await customer.hears(/can't take this kind of message yet/);
	const shown = await until("the sticker", async () => (await messages(appeal)).find((each) => each.kind === "unsupported"));
	assert.equal(shown.author, "customer");
});

test("the bot greets in the language of the phone", async () => {
	const anna = newCustomer(), boris = newCustomer();
	await anna.writes("/start", { language_code: "en" });
	await boris.writes("/start", { language_code: "ru" });
	await anna.hears(/^Hello! This is EcoScooter support/);
	await boris.hears(/^Здравствуйте! Это поддержка EcoScooter/);
});

test("a customer who blocked the bot is shown as unreachable, with the reason at the message", async () => {
	const { customer, appeal } = await inWork();
	await customer.drive("/block", { blocked: true });
	const unreachable = () => until("the mark", async () => !(await ok(operator.get(path(appeal)))).customer.reachable);
	await unreachable();
	const answer = await ok(operator.post(path(appeal, "/messages"), { text: "Are you there?" }), 201);
	const failed = await delivered(appeal, answer.id, "failed");
	assert.ok(failed.delivery_reason.length > 0);
	await customer.drive("/block", { blocked: false });
	await customer.writes("I am back");
	await until("the customer to be reachable", async () => (await ok(operator.get(path(appeal)))).customer.reachable);
	await ok(operator.post(path(appeal, `/messages/${answer.id}/send-again`)));
	await customer.hears("Are you there?");
});

test("an answer whose confirmation got lost is unknown, and is sent again only by hand", async () => {
	const { customer, appeal } = await inWork();
	await desk.faults({ method: "sendMessage", kind: "reply_lost", count: 1, user: customer.id });
	const answer = await ok(operator.post(path(appeal, "/messages"), { text: "Did you get this?" }), 201);
	await delivered(appeal, answer.id, "unknown");
	const count = async () => (await customer.chat()).filter((each) => each.text === "Did you get this?").length;
	assert.equal(await count(), 1);
	await ok(operator.post(path(appeal, `/messages/${answer.id}/send-again`)));
	await delivered(appeal, answer.id, "sent");
	assert.equal(await count(), 2);
});

test("a rate limit delays an answer, keeps the order and loses nothing", async () => {
	const { customer, appeal } = await inWork();
	await desk.faults({ method: "sendMessage", kind: "rate_limit", count: 1, user: customer.id, retry_after: 2 });
	const ids = [];
	for (const text of ["one", "two", "three"]) ids.push((await ok(operator.post(path(appeal, "/messages"), { text }), 201)).id);
	await desk.passTime(2500);
	for (const id of ids) await delivered(appeal, id);
	const heard = (await customer.chat()).map((each) => each.text).filter((text) => ["one", "two", "three"].includes(text));
	assert.deepEqual(heard, ["one", "two", "three"]);
});

test("live updates: an operator sees what happens as it happens, and after a break what was missed", async () => {
	await operator.refresh();
	const stream = operator.events();
	await until("the stream", () => stream.open);
	const customer = newCustomer();
	await customer.writes("Live?");
	const seen = await until("the event", () => stream.events.find((event) =>
		event.kind === "message.added" && event.message.text === "Live?"));
	await stream.close();
	await customer.writes("While you were away");
	await until("the record", async () => (await messages({ id: seen.appeal_id })).some((each) => each.text === "While you were away"));
	const resumed = operator.events(seen.id);
	await until("the missed event", () => resumed.events.find((event) => event.message?.text === "While you were away"));
	assert.ok(!resumed.events.some((event) => event.message?.text === "Live?" && event.kind === "message.added"));
	const seqs = resumed.events.map((event) => event.seq);
	assert.deepEqual(seqs, [...seqs].sort((a, b) => a - b));
	await resumed.close();
});

test("a flood from many customers at once is taken in whole, once and in order", async () => {
	const CUSTOMERS = 20, EACH = 40;
	const customers = Array.from({ length: CUSTOMERS }, newCustomer);
	const texts = Array.from({ length: EACH }, (_, i) => `flood ${i}`);
	await Promise.all(customers.map(async (customer) => {
		for (const text of texts) await customer.writes(text);
	}));
	for (const customer of customers) {
		const appeal = await desk.appealOf(operator, customer, "new", 60000);
		const written = async () => {
			const { body } = await operator.get(`${path(appeal, "/messages")}?limit=200`);
			return body.items.filter((each) => each.author === "customer").map((each) => each.text).reverse();
		};
		await until(`all of ${customer.name}`, async () => (await written()).length >= EACH, 60000);
		assert.deepEqual(await written(), texts);
	}
});
