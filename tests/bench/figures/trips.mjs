// tests/bench/figures/trips.mjs -- how long a message is under way: an operator's answer until Telegram holds it, a customer's message until
// the operator's browser hears of it; 100 a second over 100 chats.

import { openChats, withDesk } from "../desk.mjs";
import { quantile, sleep } from "../measure.mjs";
import { until } from "../../e2e/harness.mjs";

// The sandbox remembers the latest 5,000 calls: those that are measured, and what else is asked meanwhile.
const CHATS = 100, SECONDS = 10, MESSAGES_MAX = 3000;
const WHOLE = ["sandbox", "scheduler", "api", "worker", "bots"];
// The bot's budget of 30 messages a second would be all that is measured.
const ENV = { ECO_SEND_PER_S: "10000", ECO_CHAT_PER_S: "1000" };

const wallMs = () => performance.timeOrigin + performance.now();

// Calls send(i) `perSecond` times a second, each at its time, whatever the ones before do.
async function paced(perSecond, send) {
	const began = performance.now(), sent = [];
	for (let i = 0; i < Math.min(perSecond * SECONDS, MESSAGES_MAX); i++) {
		const early = began + i * 1000 / perSecond - performance.now();
		if (early > 0) await sleep(early);
		sent.push(send(i));
	}
	await Promise.all(sent);
}

async function answers(desk, operator, chats, round, perSecond) {
	const sentAt = new Map();
	await paced(perSecond, async (i) => {
		const text = `answer ${round}/${i}`;
		sentAt.set(text, wallMs());
		const { status } = await operator.post(`/api/v1/appeals/${chats[i % CHATS].appeal}/messages`, { text });
		if (status !== 201) throw new Error(`answer: ${status}`);
	});
	const arrived = new Map();
	await until("all answers at Telegram", async () => {
		for (const call of await desk.calls())
			if (call.method === "sendMessage" && sentAt.has(call.text)) arrived.set(call.text, call.at);
		return arrived.size === sentAt.size;
	});
	// `at` is in whole milliseconds, rounded down: half of one is missing on average.
	return [...arrived].map(([text, at]) => at + 0.5 - sentAt.get(text));
}

async function questions(desk, operator, chats, round, perSecond) {
	const sentAt = new Map(), heardAt = new Map();
	const stream = operator.events();
	await until("the stream", () => stream.open);
	const take = stream.take.bind(stream);
	stream.take = (block) => {
		take(block);
		const event = stream.events.at(-1);
		if (event?.message && !heardAt.has(event.message.text)) heardAt.set(event.message.text, wallMs());
	};
	await paced(perSecond, (i) => {
		const text = `question ${round}/${i}`;
		sentAt.set(text, wallMs());
		return chats[i % CHATS].customer.writes(text);
	});
	await until("all questions at the operator", () => [...sentAt.keys()].every((text) => heardAt.has(text)));
	await stream.close();
	return [...sentAt].map(([text, at]) => heardAt.get(text) - at);
}

export const figure = ({ rounds }) => withDesk({ start: WHOLE, env: ENV }, async (desk) => {
	const operator = await desk.signIn();
	const chats = await openChats(desk, operator, CHATS);
	const there = [], here = [];
	for (let round = 0; round < Math.min(rounds, 3); round++) {
		there.push(await answers(desk, operator, chats, round, 100));
		here.push(await questions(desk, operator, chats, round, 100));
	}
	const rows = (what, samples) => [
		{ what: `${what}, p50`, unit: "ms", ours: samples.map((list) => quantile(list, 0.5)), less: true, reach: 5, aim: 3 },
		{ what: `${what}, p99`, unit: "ms", ours: samples.map((list) => quantile(list, 0.99)), less: true, reach: 25, aim: 15 },
	];
	const curves = [["answer to Telegram, p50", answers], ["question to operator, p50", questions]];
	const curve = [];
	for (const [what, measure] of curves) {
		const points = [];
		for (const perSecond of [5, 50, 500])
			points.push([`${perSecond}/s`, quantile(await measure(desk, operator, chats, `${what} ${perSecond}`, perSecond), 0.5)]);
		curve.push({ what: `${what}, by messages`, unit: "ms", curve: points });
	}
	return [...rows("answer until Telegram has it", there), ...rows("question until the operator hears", here), ...curve];
});
