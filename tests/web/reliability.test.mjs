// tests/web/reliability.test.mjs -- docs/reliability.md names tests that exist, at least one for each promise.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

// [{ promise, tests: [{ file, name }] }]
async function promises() {
	const page = await readFile(join(ROOT, "docs/reliability.md"), "utf8");
	const [, table] = /^## The promises\n([\s\S]*?)^(?!\||\s*$)/m.exec(page);
	return table.split("\n").filter((line) => /^\| (?!promise )/.test(line)).map((line) => {
		const [promise, , shown] = line.slice(1).split(/ \| /);
		return { promise: promise.trim(),
			tests: [...shown.matchAll(/`(tests\/[\w/.]+)`: "([^"]+)"/g)].map(([, file, name]) => ({ file, name })),
			mentions: shown.split("<br>").length };
	});
}

// A C test is a function that its main() lists; another one is the first word of test().
function isTest(source, file, name) {
	if (file.endsWith(".c"))
		return new RegExp(`^static void ${name}\\(`, "m").test(source) && source.split(new RegExp(`\\b${name}\\b`)).length > 2;
	return ["\"", "`"].some((quote) => source.includes(`test(${quote}${name}${quote}`));
}

test("every promise is shown by tests that exist", async () => {
	const rows = await promises();
	assert.ok(rows.length >= 25, `${rows.length} promises`);
	const missing = [];
	for (const { promise, tests, mentions } of rows) {
		if (tests.length === 0 || tests.length !== mentions) missing.push(`${promise}: ${tests.length} of ${mentions} tests could be read`);
		for (const { file, name } of tests) {
			const source = await readFile(join(ROOT, file), "utf8").catch(() => "");
			if (!isTest(source, file, name)) missing.push(`${promise}: ${file} has no "${name}"`);
		}
	}
	assert.deepEqual(missing, []);
});

test("a name that is no test is noticed", () => {
	assert.equal(isTest("test(\"one thing\", () => {", "a.mjs", "one thing"), true);
	assert.equal(isTest("test(\"one thing and more\", () => {", "a.mjs", "one thing"), false);
	assert.equal(isTest("static void it_works(void **state)\n{}\nwith(it_works)", "a.c", "it_works"), true);
	assert.equal(isTest("static void it_works(void **state)\n{}\n", "a.c", "it_works"), false);
});
