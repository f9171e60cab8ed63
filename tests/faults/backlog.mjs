// tests/faults/backlog.mjs -- fills the records of a desk that stands still with messages that wait to be sent.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { seedAppeals } from "../bench/seed.mjs";

export const BOT = 7000000001;
export const chatOf = (appeal) => 100000 + appeal;	// as seed.mjs numbers them

function shell(dir, sql) {
	return new Promise((done, fail) => {
		const child = execFile("sqlite3", [join(dir, "eco.db")], (error, out, err) => (error ? fail(new Error(err || error.message)) : done(out)));
		child.stdin.end(`.bail on\nPRAGMA synchronous=OFF;\nPRAGMA cache_size=-200000;\nBEGIN;\n${sql};\nCOMMIT;\nPRAGMA wal_checkpoint(TRUNCATE);\n`);
	});
}

// `chats` appeals in work, each with `each` answers queued: "1".."each", in that order.
export async function seedBacklog(dir, { chats, each }) {
	await seedAppeals(dir, { appeals: chats });
	const now = Date.now();
	const count = `WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < ${chats * each - 1})`;
	const first = chats + 1;	// message ids: behind the customers' own
	await shell(dir, `
INSERT INTO messages (id, appeal_id, author, kind, employee_id, text, created_at, bot_id, chat_id, delivery)
${count} SELECT ${first} + n, n % ${chats} + 1, 1, 0, 1, 'answer ' || (n / ${chats} + 1), ${now}, ${BOT}, 100000 + n % ${chats} + 1, 1 FROM c;
INSERT INTO tasks (type, class, state, payload, order_key, due_at, ready_at, created_at)
${count} SELECT 0, 0, n < ${chats}, '{"message_id":' || (${first} + n) || '}', 'chat:${BOT}:' || (100000 + n % ${chats} + 1), ${now}, ${now}, ${now} FROM c`);
}
