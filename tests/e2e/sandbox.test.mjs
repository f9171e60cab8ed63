// tests/e2e/sandbox.test.mjs -- the sandbox Telegram as bots and people meet it: polls, offsets, limits, faults, driving routes.

import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BIN_DIR, freePort, until } from "./harness.mjs";

let child, dir, url, bots = 100;

before(async () => {
	dir = await mkdtemp(join(tmpdir(), "eco-sandbox-"));
	const port = await freePort();
	url = `http://127.0.0.1:${port}`;
	const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("ECO_")));
	child = spawn(join(BIN_DIR, "sandbox"), [], {
		env: { ...env, ECO_DIR: dir, ECO_SANDBOX_LISTEN: `127.0.0.1:${port}` }, stdio: ["ignore", "ignore", "inherit"],
	});
	await until("the sandbox to listen", async () => (await fetch(`${url}/`)).ok);
});

after(async () => {
	const ended = new Promise((done) => child.once("exit", done));
	child.kill("SIGTERM");
	assert.equal(await ended, 0);
	await rm(dir, { recursive: true, force: true });
});

// A bot of its own for each test: any token makes one.
function newBot() {
	const token = `${++bots}:test-token`;
	const request = async (address, init) => {
		const response = await fetch(address, init);
		return { status: response.status, headers: response.headers, ...await response.json() };
	};
	const json = (body) => ({ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
	const bot = {
		token,
		api: `${url}/bot${token}`,
		call: (method, body = {}) => request(`${url}/bot${token}/${method}`, json(body)),
		drive: (path, body) => request(`${url}/sandbox/v1/${token}/${path}`, body ? json(body) : undefined),
		updates: async (body) => (await bot.call("getUpdates", body)).result,
		fault: async (body) => assert.equal((await bot.drive("faults", body)).status, 201),
		texts: async (user = 1) => (await bot.drive(`users/${user}/chat`)).items.map((item) => item.text),
		write: (text = "hi", more = {}, user = 1) => bot.drive(`users/${user}/messages`, { text, ...more }),
	};
	return bot;
}

// ---- getUpdates ----------------------------------------------------------------------------------------

test("a held poll is answered at once when something comes", async () => {
	const bot = newBot(), start = Date.now();
	const poll = bot.updates({ timeout: 30 });
	await until("the poll to be held", async () => (await bot.drive("")).is_polled);
	await bot.write("hello", { language_code: "ru" });
	const [update] = await poll;
	assert.ok(Date.now() - start < 25000);
	assert.equal(update.message.text, "hello");
	assert.equal(update.message.from.language_code, "ru");
	assert.ok(Number.isInteger(update.message.date) && update.message.date < 1e11, "dates are seconds");
});

test("an offset confirms what is below it, a negative one forgets all but the last", async () => {
	const bot = newBot();
	for (const text of ["a", "b", "c"]) await bot.write(text);
	const all = await bot.updates({});
	assert.deepEqual(all.map((each) => each.message.text), ["a", "b", "c"]);
	assert.deepEqual((await bot.updates({ limit: 1 })).map((each) => each.message.text), ["a"]);
	assert.deepEqual((await bot.updates({ offset: all[1].update_id })).map((each) => each.message.text), ["b", "c"]);
	assert.deepEqual((await bot.updates({ offset: -1 })).map((each) => each.message.text), ["c"]);
	assert.deepEqual((await bot.updates({ offset: all[2].update_id + 50 })).map((each) => each.message.text), ["c"]);
	assert.deepEqual(await bot.updates({ offset: all[2].update_id + 1 }), []);
});

test("of two pollers the older gets 409", async () => {
	const bot = newBot();
	const older = bot.call("getUpdates", { timeout: 30 });
	await until("the first poll to be held", async () => (await bot.drive("")).is_polled);
	const younger = bot.call("getUpdates", { timeout: 30 });
	const refused = await older;
	assert.equal(refused.status, 409);
	assert.equal(refused.error_code, 409);
	assert.match(refused.description, /^Conflict: terminated by other getUpdates request/);
	await bot.write();
	assert.equal((await younger).result.length, 1);
});

test("allowed_updates holds until it is changed and works when an update is made", async () => {
	const bot = newBot();
	await bot.updates({ allowed_updates: ["edited_message"] });
	const { message_id: id, update_id: made } = await bot.write("one");
	assert.equal(made, null);
	await bot.drive(`users/1/messages/${id}/edit`, { text: "two" });
	const [update] = await bot.updates({});
	assert.equal(update.edited_message.text, "two");
	assert.ok(update.edited_message.edit_date >= update.edited_message.date);
});

// ---- calls and their limits ----------------------------------------------------------------------------

test("every body form and every case of a method's name is understood", async () => {
	const bot = newBot();
	await bot.write();
	const fields = { chat_id: "1", text: "same" };
	const form = new FormData();
	for (const [name, value] of Object.entries(fields)) form.append(name, value);
	const chunked = new ReadableStream({ start(it) {
		it.enqueue(new TextEncoder().encode("--b\r\ncontent-disposition: form-data; name=\"chat_id\"\r\n\r\n1\r\n--b\r\n"));
		it.enqueue(new TextEncoder().encode("content-disposition: form-data; name=\"text\"\r\n\r\nsame\r\n--b--\r\n"));
		it.close();
	} });
	const ways = [
		fetch(`${bot.api}/sendMessage?${new URLSearchParams(fields)}`),
		fetch(`${bot.api}/SENDMESSAGE`, { method: "POST", body: new URLSearchParams(fields) }),
		fetch(`${bot.api}/sendmessage`, { method: "POST", body: form }),
		fetch(`${bot.api}/sendMessage`, { method: "POST", body: chunked, duplex: "half",
			headers: { "content-type": "multipart/form-data; boundary=b" } }),
	];
	for (const way of ways) assert.equal((await (await way).json()).result.text, "same");
	assert.equal((await bot.texts()).filter((text) => text === "same").length, 4);
});

test("texts and keyboards are refused in the real server's words", async () => {
	const bot = newBot();
	await bot.write();
	const refused = async (body, words, code = 400) => {
		const answer = await bot.call("sendMessage", { chat_id: 1, ...body });
		assert.equal(answer.status, code);
		assert.equal(answer.error_code, code);
		assert.equal(answer.description, words);
	};
	await refused({ text: " \n " }, "Bad Request: message text is empty");
	await refused({ text: "x".repeat(4097) }, "Bad Request: message is too long");
	await refused({ text: "x", chat_id: "" }, "Bad Request: chat_id is empty");
	await refused({ text: "x", chat_id: 999 }, "Bad Request: chat not found");
	await refused({ text: "x", reply_parameters: { message_id: 5 } }, "Bad Request: message to be replied not found");
	await refused({ text: "<x>", parse_mode: "HTML" }, "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 0");
	await refused({ text: "x", reply_markup: { inline_keyboard: [[{ text: "a", callback_data: "й".repeat(33) }]] } },
		"Bad Request: BUTTON_DATA_INVALID");
	assert.equal((await bot.call("sendMessage", { chat_id: 1, text: ` ${"x".repeat(4096)} ` })).status, 200);
});

test("wrong tokens, methods and verbs are told apart", async () => {
	const status = async (path, init) => (await fetch(`${url}${path}`, init)).status;
	assert.equal(await status("/botnonsense/getMe"), 401);
	assert.equal(await status("/bot0:zero/getMe"), 401);
	assert.equal(await status("/bot5:x/getNothing"), 404);
	assert.equal(await status("/bot5:x"), 404);
	assert.equal(await status("/bot5:x/getMe", { method: "DELETE" }), 405);
	assert.equal(await status("/bot5%3Ax/getMe"), 200);
});

test("edits: unchanged, of nothing, of another's message", async () => {
	const bot = newBot();
	const { message_id: theirs } = await bot.write();
	const { result } = await bot.call("sendMessage", { chat_id: 1, text: "a" });
	const edit = (body) => bot.call("editMessageText", { chat_id: 1, message_id: result.message_id, ...body });
	assert.match((await edit({ text: "a" })).description, /^Bad Request: message is not modified/);
	assert.equal((await edit({ text: "b", message_id: 1 })).description, "Bad Request: message to edit not found");
	assert.equal((await edit({ text: "b", message_id: theirs })).description, "Bad Request: message can't be edited");
	assert.ok((await edit({ text: "b" })).result.edit_date > 0);
	const shown = (await bot.drive("users/1/chat")).items.at(-1);
	assert.equal(shown.text, "b");
	assert.deepEqual(shown.versions.map((version) => version.text), ["a"]);
	assert.equal((await bot.call("deleteMessage", { chat_id: 1, message_id: result.message_id })).result, true);
	assert.equal((await bot.call("deleteMessage", { chat_id: 1, message_id: result.message_id })).description,
		"Bad Request: message to delete not found");
});

test("a press is answered once, and the user sees the answer", async () => {
	const bot = newBot();
	await bot.write();
	const keyboard = { inline_keyboard: [[{ text: "Yes", callback_data: "yes" }]] };
	const { result } = await bot.call("sendMessage", { chat_id: 1, text: "?", reply_markup: keyboard });
	await bot.drive("users/1/press", { message_id: result.message_id, data: "yes" });
	const press = (await bot.updates({})).find((update) => update.callback_query).callback_query;
	assert.equal(press.data, "yes");
	assert.equal(press.message.message_id, result.message_id);
	assert.equal((await bot.call("answerCallbackQuery", { callback_query_id: press.id, text: "Thanks" })).result, true);
	const again = await bot.call("answerCallbackQuery", { callback_query_id: press.id });
	assert.equal(again.description, "Bad Request: query is too old and response timeout expired or query ID is invalid");
	assert.equal((await bot.drive("users/1/chat")).presses[0].text, "Thanks");
});

test("commands are kept by scope and language", async () => {
	const bot = newBot(), commands = [{ command: "help", description: "Help" }];
	assert.equal((await bot.call("setMyCommands", { commands, language_code: "en" })).result, true);
	assert.deepEqual((await bot.call("getMyCommands", { language_code: "en" })).result, commands);
	assert.deepEqual((await bot.call("getMyCommands")).result, []);
	assert.equal((await bot.call("setMyCommands", { commands: [{ command: "Bad!", description: "x" }] })).description,
		"Bad Request: BOT_COMMAND_INVALID");
});

test("rate limits, once set, answer 429 with body and header", async () => {
	const bot = newBot();
	await bot.write();
	await bot.drive("limits", { chat_per_s: 1 });
	const answers = [];
	for (let i = 0; i < 8; i++) answers.push(await bot.call("sendMessage", { chat_id: 1, text: `n${i}` }));
	const limited = answers.find((answer) => answer.status === 429);
	assert.ok(limited, "eight at once are too many");
	assert.equal(Number(limited.headers.get("retry-after")), limited.parameters.retry_after);
});

// ---- faults ----------------------------------------------------------------------------------------------

test("faults without effect leave no message behind", async () => {
	const bot = newBot();
	await bot.write("hi");
	const send = () => bot.call("sendMessage", { chat_id: 1, text: "x" });
	const wanted = { rate_limit: 429, blocked: 403, bad_request: 400, unauthorized: 401, conflict_409: 409, error_500: 500 };
	for (const [kind, status] of Object.entries(wanted)) {
		await bot.fault({ method: "sendMessage", kind });
		assert.equal((await send()).status, status);
	}
	await bot.fault({ method: "sendMessage", kind: "html_502" });
	const page = await fetch(`${bot.api}/sendMessage?chat_id=1&text=x`);
	assert.equal(page.status, 502);
	assert.match(await page.text(), /^<html>/);
	await bot.fault({ method: "sendMessage", kind: "reset_before" });
	await assert.rejects(send());
	assert.deepEqual(await bot.texts(), ["hi"]);
	assert.equal((await send()).status, 200);
});

test("faults with effect: the message is there though the answer is not", async () => {
	const bot = newBot();
	await bot.write("hi");
	await bot.fault({ method: "sendMessage", kind: "reply_lost" });
	await assert.rejects(bot.call("sendMessage", { chat_id: 1, text: "lost" }));
	await bot.fault({ method: "sendMessage", kind: "truncated" });
	await assert.rejects(bot.call("sendMessage", { chat_id: 1, text: "cut" }), SyntaxError);
	await bot.fault({ method: "sendMessage", kind: "delay", delay_ms: 300 });
	const start = Date.now();
	const late = bot.call("sendMessage", { chat_id: 1, text: "late" });
	await until("the late message", async () => (await bot.texts()).includes("late"));
	await late;
	assert.ok(Date.now() - start >= 300);
	await bot.fault({ method: "sendMessage", kind: "error_500", accepted: true });
	assert.equal((await bot.call("sendMessage", { chat_id: 1, text: "half" })).status, 500);
	assert.deepEqual(await bot.texts(), ["hi", "lost", "cut", "late", "half"]);
	const log = (await bot.drive("calls")).items.filter((call) => call.method === "sendMessage");
	assert.deepEqual(log.map((call) => [call.status, call.fault]),
		[[0, "reply_lost"], [200, "truncated"], [200, "delay"], [500, "error_500"]]);
});

test("a fault armed for one user spares the others", async () => {
	const bot = newBot();
	await bot.write("a", {}, 1);
	await bot.write("b", {}, 2);
	await bot.fault({ method: "sendMessage", kind: "blocked", user: 2 });
	assert.equal((await bot.call("sendMessage", { chat_id: 1, text: "x" })).status, 200);
	assert.equal((await bot.call("sendMessage", { chat_id: 2, text: "x" })).status, 403);
});

test("updates come twice, and ids jump down, when told", async () => {
	const bot = newBot();
	await bot.write("one");
	const [first] = await bot.updates({});
	await bot.fault({ kind: "duplicate_update" });
	assert.deepEqual(await bot.updates({ offset: first.update_id + 1 }), [first]);
	await bot.updates({ offset: first.update_id + 1 });
	await bot.fault({ kind: "id_jump_down" });
	await bot.write("two");
	const [second] = await bot.updates({ offset: first.update_id + 1 });
	assert.ok(second.update_id < first.update_id);
	assert.equal(second.message.text, "two");
});

test("a fault reaches the poll that is held already", async () => {
	const bot = newBot();
	const poll = bot.call("getUpdates", { timeout: 30 });
	await until("the poll to be held", async () => (await bot.drive("")).is_polled);
	await bot.fault({ method: "getUpdates", kind: "conflict_409" });
	assert.equal((await poll).status, 409);
});

// ---- driving routes --------------------------------------------------------------------------------------

test("who blocks the bot is told to it, and hears nothing more", async () => {
	const bot = newBot();
	await bot.write();
	await bot.drive("users/1/block", { blocked: true });
	const told = (await bot.updates({})).at(-1).my_chat_member;
	assert.equal(told.new_chat_member.status, "kicked");
	assert.equal((await bot.call("sendMessage", { chat_id: 1, text: "x" })).description, "Forbidden: bot was blocked by the user");
	assert.equal((await bot.write("still here")).status, 409);
	await bot.drive("users/1/block", { blocked: false });
	assert.equal((await bot.call("sendMessage", { chat_id: 1, text: "x" })).status, 200);
});

test("who only was named but never wrote can't be written to", async () => {
	const bot = newBot();
	await bot.drive("users/5", { first_name: "Silent" });
	assert.equal((await bot.call("sendMessage", { chat_id: 5, text: "x" })).description,
		"Forbidden: bot can't initiate conversation with a user");
	assert.deepEqual((await bot.drive("users")).items.map((user) => user.first_name), ["Silent"]);
});

test("a transcript is not sent again while nothing changed", async () => {
	const bot = newBot();
	await bot.write();
	const chat = await bot.drive("users/1/chat");
	const same = await bot.drive(`users/1/chat?revision=${chat.revision}`);
	assert.equal(same.unchanged, true);
	assert.equal(same.items, undefined);
});

test("wrong requests get a problem document that names the field", async () => {
	const bot = newBot();
	await bot.write();
	const wrong = async (path, body, status, field) => {
		const answer = await bot.drive(path, body);
		assert.equal(answer.status, status, `${path} ${JSON.stringify(body)}`);
		assert.match(answer.headers.get("content-type"), /problem\+json/);
		assert.ok(answer.detail);
		if (field) assert.equal(answer.errors[0].field, field);
	};
	await wrong("users/1/messages", {}, 400, "text");
	await wrong("users/1/messages", { text: 5 }, 400, "text");
	await wrong("users/1/messages", { text: "  " }, 400, "text");
	await wrong("users/1/messages", { text: "x", date: "now" }, 400, "date");
	await wrong("users/1/messages", { text: "x", language_code: "e n" }, 400, "language_code");
	await wrong("users/1/messages", { text: "x", reply_to: 77 }, 400, "reply_to");
	await wrong("users/zero/messages", { text: "x" }, 404);
	await wrong("users/9/chat", undefined, 404);
	await wrong("users/1/press", { message_id: 1, data: "x" }, 404);
	await wrong("users/1/block", {}, 400, "blocked");
	await wrong("faults", { kind: "nothing" }, 400, "kind");
	await wrong("faults", { kind: "delay", delayms: 5 }, 400, "delayms");
	await wrong("faults", { kind: "delay", method: "sendNothing" }, 400, "method");
	await wrong("calls?after=x", undefined, 400, "after");
	await wrong("nowhere", undefined, 404);
	assert.equal((await fetch(`${url}/sandbox/v1/nobody/calls`)).status, 404);
	assert.equal((await fetch(`${url}/sandbox/v1/support/calls`, { method: "PUT" })).status, 405);
	assert.equal((await fetch(`${url}/sandbox/v1/support/faults`, { method: "POST", body: "[]" })).status, 400);
});

test("a page of another site can't play here", async () => {
	const answer = await fetch(`${url}/sandbox/v1/support/users`, { headers: { origin: "http://evil.example" } });
	assert.equal(answer.status, 403);
});
