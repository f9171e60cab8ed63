// tests/faults/ledger.mjs -- the one book: all that was accepted, against the records and against all that customers received.
//
// What must hold after any fault: everything accepted is recorded exactly once; everything to be sent was received exactly
// once, or at most once where the records say "not confirmed", or not at all where they say why; order within a chat holds;
// no task is left over; the file is sound.

import { call, isFromBot, until } from "../e2e/harness.mjs";
import { deskNow, rows, TASK } from "./records.mjs";

const CUSTOMER = 0;
const QUEUED = 1, SENDING = 2, SENT = 3, FAILED = 4, UNKNOWN = 5;
const MESSAGE_ADDED = 7;
const SHOWN_MAX = 20;

const countBy = (list, key) => list.reduce((counts, each) => counts.set(key(each), (counts.get(key(each)) ?? 0) + 1), new Map());

export class Ledger {
	written = [];	// { chat, text }: Telegram took it from a customer
	answered = [];	// { id, text }: the API said 201 to an operator
	serial = 1;	// so that no two texts are alike
	again = new Map();	// message id -> how often an operator had it sent again
	poison = new Set();	// ids of tasks that are meant to end dead

	constructor(desk, bot = "support") {
		Object.assign(this, { desk, bot });
	}

	async read() {
		const [messages, tasks] = await Promise.all([
			rows(this.desk, `SELECT id, author, text, chat_id, telegram_message_id AS sent_as, delivery, delivery_reason AS reason
				FROM messages ORDER BY id`),
			rows(this.desk, "SELECT id, type, state, due_at, last_error FROM tasks"),
		]);
		return { messages, tasks };
	}

	// NULL: nothing is under way any more; else what is.
	async unsettled() {
		const now = await deskNow(this.desk);
		const { messages, tasks } = await this.read();
		const incoming = countBy(messages.filter((row) => row.author === CUSTOMER), (row) => `${row.chat_id} ${row.text}`);
		const missing = this.written.filter((each) => !incoming.has(`${each.chat} ${each.text}`));
		if (missing.length) return `${missing.length} not taken in, first: ${JSON.stringify(missing[0])}`;
		const sending = messages.filter((row) => row.delivery === QUEUED || row.delivery === SENDING);
		if (sending.length) return `${sending.length} not delivered, first: ${JSON.stringify(sending[0])}; tasks: ${JSON.stringify(tasks.slice(0, 3))}`;
		const due = tasks.filter((row) => row.state === TASK.waiting || row.state === TASK.running || (row.state === TASK.ready && row.due_at <= now));
		if (due.length) return `${due.length} tasks, first: ${JSON.stringify(due[0])}`;
		return this.pending();
	}

	// In Redis nobody holds an entry any more.
	async pending() {
		for (const type of ["deliver", "edit_markup", "close_appeal", "purge"])
			for (const kind of ["interactive", "bulk"]) {
				const [count] = (await this.desk.redis("xpending", `eco:stream:${type}:${kind}`, "workers")).split("\n");
				if (count !== "0") return `pending in ${type}:${kind}: ${count}`;
			}
		return null;
	}

	// Waits until all is done; how long that took, in ms.
	async settle(timeoutMs = 30000) {
		const began = Date.now();
		let last;
		await until("everything to be done", async () => {
			last = await this.unsettled();
			return last === null;
		}, timeoutMs).catch((error) => {
			throw new Error(`not done after ${timeoutMs} ms: ${last ?? error.cause}`);
		});
		return Date.now() - began;
	}

	// What is wrong, in words; empty: all is well. Only once everything is settled.
	async problems() {
		const { messages, tasks } = await this.read();
		const found = [...this.incomingProblems(messages), ...this.answerProblems(messages), ...await this.receivedProblems(messages)];
		for (const task of tasks.filter((each) => each.state === TASK.dead && !this.poison.has(each.id)))
			found.push(`task ${task.id} is dead: ${task.last_error}`);
		const events = await rows(this.desk, `SELECT message_id AS id, count(*) AS count FROM events WHERE kind = ${MESSAGE_ADDED} GROUP BY message_id`);
		const told = new Map(events.map((row) => [row.id, row.count]));
		for (const { id } of messages) if (told.get(id) !== 1) found.push(`message ${id} has ${told.get(id) ?? 0} events`);
		const [{ integrity_check: sound }] = await rows(this.desk, "PRAGMA integrity_check");
		if (sound !== "ok") found.push(`integrity_check: ${sound}`);
		if ((await rows(this.desk, "PRAGMA foreign_key_check")).length) found.push("foreign_key_check");
		return found.length > SHOWN_MAX ? [...found.slice(0, SHOWN_MAX), `... ${found.length} in all`] : found;
	}

	*incomingProblems(messages) {
		const incoming = messages.filter((row) => row.author === CUSTOMER);
		const counts = countBy(incoming, (row) => `${row.chat_id} ${row.text}`);
		for (const { chat, text } of this.written)
			if (counts.get(`${chat} ${text}`) !== 1) yield `"${text}" of ${chat} is recorded ${counts.get(`${chat} ${text}`) ?? 0} times`;
		if (incoming.length !== this.written.length) yield `${incoming.length} incoming recorded, ${this.written.length} written`;
		for (const chat of new Set(this.written.map((each) => each.chat))) {
			const wrote = this.written.filter((each) => each.chat === chat).map((each) => each.text);
			const kept = incoming.filter((row) => row.chat_id === chat).map((row) => row.text);
			if (wrote.join("\n") !== kept.join("\n")) yield `order of what ${chat} wrote: ${kept.join(", ")}`;
		}
	}

	*answerProblems(messages) {
		const byId = new Map(messages.map((row) => [row.id, row]));
		const counts = countBy(messages.filter((row) => row.author !== CUSTOMER), (row) => row.text);
		for (const { id, text } of this.answered) {
			if (byId.get(id)?.text !== text) yield `the answer ${id} "${text}" is not recorded`;
			if (counts.get(text) !== 1) yield `the answer "${text}" is recorded ${counts.get(text) ?? 0} times`;
		}
	}

	async receivedProblems(messages) {
		const found = [];
		for (const chat of new Set(messages.map((row) => row.chat_id))) {
			const { body } = await call(`${this.desk.sandbox}/sandbox/v1/${this.bot}/users/${chat}/chat`);
			const received = (body.items ?? body.messages ?? body).filter(isFromBot)
				.map((message) => ({ id: message.message_id, text: message.versions?.[0]?.text ?? message.text }));
			found.push(...this.chatProblems(chat, messages.filter((row) => row.chat_id === chat && row.author !== CUSTOMER), received));
		}
		return found;
	}

	*chatProblems(chat, outgoing, received) {
		const texts = countBy(received, (message) => message.text);
		const of = (text) => outgoing.filter((row) => row.text === text);
		for (const text of new Set([...outgoing.map((row) => row.text), ...texts.keys()])) {
			const least = of(text).filter((row) => row.delivery === SENT).length;
			const most = least + of(text).reduce((sum, row) => sum + (row.delivery === UNKNOWN ? 1 : 0) + (this.again.get(row.id) ?? 0), 0);
			const got = texts.get(text) ?? 0;
			if (got < least || got > most) yield `${chat} received "${text}" ${got} times, expected ${least}..${most}`;
		}
		for (const row of outgoing) {
			if (row.delivery === FAILED && !row.reason) yield `message ${row.id} failed without a reason`;
			if (row.delivery === SENT && !received.some((message) => message.id === row.sent_as)) yield `message ${row.id} was sent as ${row.sent_as}, which is not there`;
		}
		yield* this.orderProblems(chat, outgoing, received);
	}

	// Received in the order of acceptance; what an operator had sent again comes when it comes.
	*orderProblems(chat, outgoing, received) {
		const bySent = new Map(outgoing.filter((row) => row.delivery === SENT && !this.again.has(row.id)).map((row) => [row.sent_as, row.id]));
		const order = received.map((message) => bySent.get(message.id)).filter((id) => id !== undefined);
		for (let i = 1; i < order.length; i++)
			if (order[i] < order[i - 1]) yield `${chat} received message ${order[i]} after ${order[i - 1]}`;
	}

	// How many ended as "not confirmed".
	async unknown() {
		const [{ count }] = await rows(this.desk, `SELECT count(*) AS count FROM messages WHERE delivery = ${UNKNOWN}`);
		return count;
	}
}
