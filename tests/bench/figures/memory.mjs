// tests/bench/figures/memory.mjs -- what each process takes while 64 connections answer customers and all of it is delivered.

import { openChats, withDesk } from "../desk.mjs";
import { memoryMb, sleep, wrk } from "../measure.mjs";

const WHOLE = ["sandbox", "scheduler", "api", "worker", "bots"];
const LIMITS = { api: 20, worker: 16, bots: 14, scheduler: 10 };
const CHATS = 100, SECONDS = 5;

async function largest(desk, running) {
	const rss = {};
	let pss = 0, over = false;
	running.finally(() => {
		over = true;
	});
	while (!over) {
		let sum = 0;
		for (const name of Object.keys(LIMITS)) {
			const memory = memoryMb(desk.processes[name].child.pid);
			rss[name] = Math.max(rss[name] ?? 0, memory.rss);
			sum += memory.pss;
		}
		pss = Math.max(pss, sum);
		await sleep(200);
	}
	return { rss, pss };
}

export const figure = () => withDesk({ start: WHOLE }, async (desk) => {
	const operator = await desk.signIn();
	const chats = await openChats(desk, operator, CHATS);
	const first = Math.min(...chats.map((chat) => chat.appeal));
	if (chats.some((chat) => chat.appeal >= first + CHATS)) throw new Error("the appeals' numbers have gaps");
	const load = wrk(desk.url, { connections: 64, seconds: SECONDS, script: "post.lua", env: { PATH_BEFORE: "/api/v1/appeals/",
		PATH_AFTER: "/messages", APPEALS: String(CHATS), BODY: JSON.stringify({ text: "x".repeat(155) }), TOKEN: operator.token } });
	const { rss, pss } = await largest(desk, load);
	await load;
	return [
		...Object.entries(LIMITS).map(([name, reach]) => ({ what: `${name} at c=64`, unit: "MB RSS", ours: [rss[name]], less: true, reach })),
		{ what: "api, worker, bots and scheduler", unit: "MB PSS", ours: [pss], less: true, reach: 45 },
	];
});
