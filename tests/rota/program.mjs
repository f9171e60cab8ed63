// tests/rota/program.mjs -- a linear or integer program, written as an MPS file and solved by cbc or glpsol.
//
// The file is in MPS's fixed format, the one that both read alike. Columns are >= 0.

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const name = (letter, index) => letter + String(index).padStart(7, "0");
const cell = (text, width) => String(text).padEnd(width);

export class Program {
	constructor() {
		this.rows = [];
		this.columns = [];
	}

	// kind: "E" (=), "L" (<=) or "G" (>=). Returns the row's number.
	row(kind, right) {
		return this.rows.push({ kind, right }) - 1;
	}

	// Returns the column's number; `entries` are [row, factor].
	column(cost, upper, entries, integer = false) {
		return this.columns.push({ cost, upper, entries, integer }) - 1;
	}

	toMps() {
		const text = ["NAME          ROTA", "ROWS", " N  COST"];
		for (const [index, row] of this.rows.entries()) text.push(` ${row.kind}  ${name("R", index)}`);
		text.push("COLUMNS");
		let integer = false;
		const mark = (kind) => text.push(`    MARKER                 'MARKER'                 '${kind}'`);
		for (const [index, column] of this.columns.entries()) {
			if (column.integer !== integer) mark((integer = column.integer) ? "INTORG" : "INTEND");
			const put = (row, factor) => text.push(`    ${cell(name("C", index), 10)}${cell(row, 10)}${factor}`);
			if (column.cost || !column.entries.length) put("COST", column.cost);
			for (const [row, factor] of column.entries) put(name("R", row), factor);
		}
		if (integer) mark("INTEND");
		text.push("RHS");
		for (const [index, row] of this.rows.entries()) if (row.right) text.push(`    ${cell("RHS", 10)}${cell(name("R", index), 10)}${row.right}`);
		text.push("BOUNDS");
		for (const [index, column] of this.columns.entries()) {
			if (column.upper !== Infinity) text.push(` UP ${cell("BND", 10)}${cell(name("C", index), 10)}${column.upper}`);
			else if (column.integer) text.push(` PL ${cell("BND", 10)}${name("C", index)}`);
		}
		text.push("ENDATA", "");
		return text.join("\n");
	}

	// {values: Float64Array by column, seconds}. Throws unless the solver says optimal.
	async solve(solver = "cbc", { timeoutMs = 600000 } = {}) {
		const dir = await mkdtemp(join(tmpdir(), "rota-oracle-"));
		try {
			await writeFile(join(dir, "program.mps"), this.toMps());
			return await SOLVERS[solver](this, dir, timeoutMs);
		} finally {
			await rm(dir, { recursive: true, force: true });
		}
	}
}

function run(file, args, timeoutMs) {
	return new Promise((done, fail) => {
		execFile(file, args, { timeout: timeoutMs, maxBuffer: 1 << 26 }, (error, out, err) =>
			(error ? fail(new Error(`${file}: ${error.message}\n${out.slice(-2000)}${err}`)) : done(out)));
	});
}

// The lines of a solution that set a column: pattern gives [, column, value].
function readColumns(program, text, pattern) {
	const values = new Float64Array(program.columns.length);
	for (const [, column, value] of text.matchAll(pattern)) values[Number(column)] = Number(value);
	return values;
}

// Its seconds are those it names itself for the solution, without reading the file.
const cbcWith = (...method) => async (program, dir, timeoutMs) => {
	const out = await run("cbc", [join(dir, "program.mps"), ...method, "-solution", join(dir, "solution")], timeoutMs);
	const text = await readFile(join(dir, "solution"), "utf8");
	if (!text.startsWith("Optimal")) throw new Error(`cbc: ${text.slice(0, 200)}\n${out.slice(-2000)}`);
	const seconds = /Optimal objective \S+ - \d+ iterations time ([\d.]+)/.exec(out)?.[1] ?? /Total time \(CPU seconds\):\s+([\d.]+)/.exec(out)?.[1];
	return { values: readColumns(program, text, /^ *\**\s*\d+ C0*(\d+)\s+(\S+)/gm), seconds: Number(seconds) };
};

const SOLVERS = {
	cbc: cbcWith("-solve"),
	// Interior points: the fastest way of cbc for the large ones.
	"cbc -barrier": cbcWith("-barrier"),

	async glpsol(program, dir, timeoutMs) {
		const out = await run("glpsol", ["--mps", join(dir, "program.mps"), "-w", join(dir, "solution")], timeoutMs);
		if (!/OPTIMAL (LP )?SOLUTION FOUND|INTEGER OPTIMAL SOLUTION FOUND/.test(out)) throw new Error(`glpsol: ${out.slice(-2000)}`);
		const text = await readFile(join(dir, "solution"), "utf8");
		// "j column status value dual" for an LP, "j column value" for an integer program; columns count from 1.
		const values = new Float64Array(program.columns.length);
		for (const [, column, first, second] of text.matchAll(/^j (\d+) (\S+)(?: (\S+) \S+)?$/gm)) values[Number(column) - 1] = Number(second ?? first);
		return { values, seconds: Number(/Time used:\s+([\d.]+)/.exec(out)?.[1]) };
	},
};
