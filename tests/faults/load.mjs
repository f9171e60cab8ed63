// tests/faults/load.mjs -- customers who write and operators who answer, whatever happens; what was accepted goes into the ledger.

import { randomUUID } from "node:crypto";
import { call, isFromBot } from "../e2e/harness.mjs";
import { pause } from "./keeper.mjs";

const ASK_AGAIN_MS = 100;
const GIVE_UP_MS = 60_000;
const CALL_TIMEOUT_MS = 10_000;
const ROUNDS_MAX = 80;	// of one customer: the sandbox remembers 500 messages of a chat

// An employee whose client asks until it is answered: the same request with the same Idempotency-Key.
export class Operator {
	slowest = 0;
	refused = 0;	// 503

	constructor(desk) {
		this.desk = desk;
	}

	async signIn() {
		this.client = await this.until(() => this.desk.signIn());
		return this;
	}

	async until(ask) {
		const deadline = Date.now() + GIVE_UP_MS;
		for (;;) {
			try {
				return await ask();
			} catch (error) {
				if (Date.now() > deadline || this.stopped) throw error;
			}
			await pause(ASK_AGAIN_MS);
		}
	}

	// An answer that is final: below 500 and not "sign in first".
	async ask(method, path, json) {
		const headers = method === "GET" ? {} : { "idempotency-key": randomUUID() };
		const began = Date.now();
		const answer = await this.until(async () => {
			const got = await call(this.desk.url + path, { method, json, headers, token: this.client.token, signal: AbortSignal.timeout(CALL_TIMEOUT_MS) });
			if (got.status === 401) this.client = await this.desk.signIn();
			if (got.status === 503) this.refused++;
			if (got.status >= 500 || got.status === 401) throw new Error(`${method} ${path}: ${got.status} ${JSON.stringify(got.body)}`);
			return got;
		});
		this.slowest = Math.max(this.slowest, Date.now() - began);
		return answer;
	}

	get(path) {
		return this.ask("GET", path);
	}
	post(path, json = {}) {
		return this.ask("POST", path, json);
	}
}

export class Load {
	stopped = false;

	constructor(desk, ledger, random, { customers = 6, operators = 2, pauseMs = 300 } = {}) {
		Object.assign(this, { desk, ledger, random, customers, operators, pauseMs });
		this.next = 1000;
	}

	async start() {
		this.staff = await Promise.all(Array.from({ length: this.operators }, () => new Operator(this.desk).signIn()));
		this.running = [
			...Array.from({ length: this.customers }, () => this.customer(this.random.fork())),
			...this.staff.map((operator) => this.operator(operator, this.random.fork())),
		].map((person) => person.catch((error) => (this.error ??= error)));
	}

	async stop() {
		this.stopped = true;
		await Promise.all(this.running);
		if (this.error) throw this.error;
	}

	async writes(customer, text) {
		await customer.writes(text);
		this.ledger.written.push({ chat: customer.id, text });
	}

	// One person after the other on this phone.
	async customer(random) {
		while (!this.stopped) {
			const customer = this.desk.customer(this.next++);
			for (let round = 0; round < ROUNDS_MAX && !this.stopped; round++) {
				await this.writes(customer, `${customer.id} asks ${round}`);
				await pause(random.between(this.pauseMs / 2, this.pauseMs * 2));
				if (random.chance(0.1)) await this.pressSolved(customer);
			}
		}
	}

	async pressSolved(customer) {
		const notice = (await customer.chat()).filter((message) => isFromBot(message) && message.reply_markup?.inline_keyboard?.length).pop();
		const button = notice?.reply_markup.inline_keyboard.flat().find((each) => each.callback_data?.startsWith("solved"));
		if (button) await customer.presses(notice, button.callback_data);
	}

	async operator(operator, random) {
		while (!this.stopped) {
			const { body } = await operator.get("/api/v1/appeals?limit=200");
			const open = (body.items ?? []).filter((appeal) => appeal.state === "new" || appeal.state === "in_work");
			if (open.length) await this.works(operator, random, random.of(open));
			await pause(random.between(this.pauseMs / 8, this.pauseMs / 2));
		}
	}

	async works(operator, random, appeal) {
		const path = `/api/v1/appeals/${appeal.id}`;
		if (appeal.state === "new") {
			await operator.post(`${path}/take`);
			return;
		}
		if (random.chance(0.08)) {
			await operator.post(`${path}/close`);
			return;
		}
		const text = `answer ${this.ledger.serial++} to ${appeal.customer.name}`;
		const answer = await operator.post(`${path}/messages`, { text });
		if (answer.status === 201) this.ledger.answered.push({ id: answer.body.id, text });
		else if (answer.status !== 409) throw new Error(`an answer got ${answer.status}: ${JSON.stringify(answer.body)}`);
	}
}
