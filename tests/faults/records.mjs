// tests/faults/records.mjs -- the records of a running desk, as SQLite's own shell sees them.

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

export const TASK = { waiting: 0, ready: 1, running: 2, dead: 3 };	// tasks.state

function shell(file, args, input) {
	return new Promise((done, fail) => {
		const child = execFile(file, args, { maxBuffer: 1 << 28 }, (error, out, err) => (error ? fail(new Error(err || error.message)) : done(out)));
		child.stdin.on("error", () => {});
		child.stdin.end(input);
	});
}

// Reads one statement's rows. A read-only connection neither checkpoints nor blocks anybody.
export async function rows(desk, sql) {
	const out = await shell("sqlite3", ["-readonly", "-json", join(desk.dir, "eco.db")], `.timeout 2000\n${sql};\n`);
	return out.trim() ? JSON.parse(out) : [];
}

// Changes records beside the processes, by the rules that they keep: both locks, no checkpoint.
export const change = (desk, sql) => shell("flock", [join(desk.dir, "eco.gate"), "flock", join(desk.dir, "eco.lock"), "sqlite3",
	join(desk.dir, "eco.db")], `.bail on\nPRAGMA wal_autocheckpoint=0;\nPRAGMA foreign_keys=ON;\nBEGIN IMMEDIATE;\n${sql};\nCOMMIT;\n`);

// The wall clock of the processes under test.
export async function deskNow(desk) {
	const offset = await readFile(join(desk.dir, "clock")).catch(() => Buffer.alloc(8));
	return Date.now() + Number(offset.length === 8 ? offset.readBigInt64LE() : 0n);
}
