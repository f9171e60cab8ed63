// tests/bench/desk.mjs -- the release build as a desk of the bench's own: seeded while it stands, then started.

import { join } from "node:path";
import { startDesk, until } from "../e2e/harness.mjs";
import { seedAppeals, seedTimers } from "./seed.mjs";
import { run } from "./measure.mjs";

const QUIET = { ECO_TEST: "0", ECO_LOG_LEVEL: "warn" };

// {appeals, messagesEach, timers}: what is in the records; {start}: which processes run on them.
export async function withDesk({ appeals = 0, messagesEach = 1, timers, start, env = {} }, work) {
	const desk = await startDesk({ env: { ...QUIET, ...env }, only: ["redis", "scheduler", "api"] });
	try {
		await desk.settled();
		await desk.password();
		await desk.processes.api.stop();
		await desk.processes.scheduler.stop();
		if (appeals) await seedAppeals(desk.dir, { appeals, messagesEach });
		if (timers) await seedTimers(desk.dir, timers());
		await desk.start(start);
		if (start.includes("api")) await desk.settled();
		return await work(desk);
	} finally {
		await desk.stop();
	}
}

export const recordsSay = async (desk, sql) =>
	(await run("sqlite3", ["-readonly", "-cmd", ".timeout 2000", join(desk.dir, "eco.db"), sql])).trim();

// A customer of its own per chat, each with an appeal that `operator` took.
export async function openChats(desk, operator, count) {
	const chats = [];
	for (let i = 0; i < count; i++) {
		const customer = desk.customer(500000 + i);
		await customer.writes(`Chat ${i}`);
		chats.push({ customer });
	}
	const items = await until(`${count} appeals`, async () => {
		const { body } = await operator.get("/api/v1/appeals?state=new&limit=200");
		return body.items.length >= count && body.items;
	});
	for (const chat of chats) {
		chat.appeal = items.find((item) => item.customer.name === chat.customer.name).id;
		const taken = await operator.post(`/api/v1/appeals/${chat.appeal}/take`);
		if (taken.status !== 200) throw new Error(`take: ${taken.status}`);
	}
	return chats;
}
