// tests/e2e/readme.test.mjs -- what the README tells people to type works, in both languages.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtemp, mkdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { test } from "node:test";
import { BIN_DIR, freePort, ROOT, until } from "./harness.mjs";

// The commands under "One service alone", without their comments.
async function commandsOf(file) {
	const text = await readFile(join(ROOT, file), "utf8");
	const block = text.split("```").find((part) => part.includes("redis-server redis/redis.conf"));
	return block.split("\n").map((line) => line.replace(/#.*/, "").trim()).filter(Boolean);
}

test("both READMEs name the same commands", async () => {
	const commands = await commandsOf("README.md");
	assert.ok(commands.length >= 5);
	assert.deepEqual(await commandsOf("README.ru.md"), commands);
});

test("the services started one by one, as the README says, find each other", async () => {
	const folder = await mkdtemp(join(tmpdir(), "eco-readme-"));
	await mkdir(join(folder, "build"));
	for (const [path, target] of [["redis", join(ROOT, "redis")], ["web", join(ROOT, "web")], ["build/release", join(BIN_DIR, "..")]])
		await symlink(target, join(folder, path));
	const port = await freePort();
	const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("ECO_")));
	const options = { cwd: folder, stdio: "ignore", env: { ...clean, PWD: folder, ECO_LISTEN: `127.0.0.1:${port}`,
		ECO_SANDBOX_LISTEN: `127.0.0.1:${await freePort()}` } };
	const started = [];
	try {
		const commands = (await commandsOf("README.md")).filter((each) => !each.startsWith("make"));
		for (const command of commands)
			if (!command.endsWith("&") && command !== commands.at(-1)) await promisify(execFile)("sh", ["-c", command], options);
			else started.push(spawn("sh", ["-c", `exec ${command.replace(/&$/, "")}`], options));
		await until("all of it to be ready", async () => (await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()).status === "ok");
	} finally {
		for (const child of started.reverse()) {
			child.kill();
			if (child.exitCode === null) await new Promise((done) => child.once("exit", done));
		}
		await rm(folder, { recursive: true, force: true });
	}
});
