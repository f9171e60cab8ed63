// tests/bench/seed.mjs -- fills the records of a desk that is stopped: customers, each with one appeal in work.
//
// The records are plain SQLite, and with everything stopped its own shell may write them.

import { execFile } from "node:child_process";
import { join } from "node:path";

const BOT = 7000000001;
const BEGAN_MS = 1700000000000;

// Numbers 1..appeals, each with `messagesEach` messages, in work with the first employee.
function appealsSql({ appeals, messagesEach }) {
	const count = (name, to) => `WITH RECURSIVE ${name}(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM ${name} WHERE n < ${to})`;
	return `
INSERT INTO customers (id, bot_id, telegram_id, name, lang, reachable, created_at)
${count("c", appeals)} SELECT n, ${BOT}, 100000 + n, 'Customer ' || n, 'ru', 1, ${BEGAN_MS} FROM c;
INSERT INTO appeals (id, number, customer_id, state, assignee_id, opened_at, taken_at, last_activity_at, message_count,
	last_message_id)
${count("c", appeals)} SELECT n, n, n, 1, 1, ${BEGAN_MS} + n, ${BEGAN_MS} + n, ${BEGAN_MS} + n * 10, ${messagesEach},
	${appeals} * (${messagesEach} - 1) + n FROM c;
INSERT INTO messages (id, appeal_id, author, kind, text, created_at, bot_id, chat_id, telegram_message_id, delivery)
${count("c", appeals * messagesEach)} SELECT n, (n - 1) % ${appeals} + 1, 0, 0, 'Самокат не открывается, номер ' || n,
	${BEGAN_MS} + n, ${BOT}, 100000 + (n - 1) % ${appeals} + 1, n, 0 FROM c;
UPDATE meta SET value = ${appeals} WHERE key = 'appeal_number';`;
}

// Appeals 1..count that close themselves: the first at firstMs, then one every stepMs; those behind `due` not before a year.
export function timersSql({ count, due, firstMs, stepMs }) {
	const at = `CASE WHEN id <= ${due} THEN ${firstMs} + (id - 1) * ${stepMs} ELSE ${firstMs} + 31536000000 + id END`;
	return `
UPDATE appeals SET state = 2, generation = 1, closing_at = ${at} WHERE id <= ${count};
INSERT INTO tasks (type, class, state, payload, dedup_key, due_at, ready_at, created_at)
SELECT 2, 0, 1, '{"appeal_id":' || id || ',"generation":1}', 'close:' || id || ':1', closing_at, ${BEGAN_MS}, ${BEGAN_MS}
FROM appeals WHERE id <= ${count} ORDER BY id;`;
}

function shell(dir, sql) {
	return new Promise((done, fail) => {
		const child = execFile("sqlite3", [join(dir, "eco.db")], { maxBuffer: 1 << 20 }, (error, out, err) =>
			(error ? fail(new Error(err || error.message)) : done(out)));
		child.stdin.end(`.bail on\nPRAGMA synchronous=OFF;\nPRAGMA cache_size=-400000;\nBEGIN;\n${sql}\nCOMMIT;\nPRAGMA wal_checkpoint(TRUNCATE);\n`);
	});
}

export const seedAppeals = (dir, { appeals, messagesEach = 1 }) => shell(dir, appealsSql({ appeals, messagesEach }));
export const seedTimers = (dir, timers) => shell(dir, timersSql(timers));
