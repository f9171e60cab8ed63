// tests/e2e/grammy.test.mjs -- an unmodified bot framework against the sandbox: that is how it is kept honest.

import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bot, InlineKeyboard } from "grammy";
import { BIN_DIR, call, freePort, until } from "./harness.mjs";

const TOKEN = "4242:grammy-conversation";
let child, dir, url, bot, running;

before(async () => {
	dir = await mkdtemp(join(tmpdir(), "eco-grammy-"));
	const port = await freePort();
	url = `http://127.0.0.1:${port}`;
	const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("ECO_")));
	child = spawn(join(BIN_DIR, "sandbox"), [], {
		env: { ...env, ECO_DIR: dir, ECO_SANDBOX_LISTEN: `127.0.0.1:${port}` }, stdio: ["ignore", "ignore", "inherit"],
	});
	await until("the sandbox to listen", async () => (await fetch(`${url}/`)).ok);

	bot = new Bot(TOKEN, { client: { apiRoot: url } });
	bot.command("start", (ctx) => ctx.reply(`Welcome, ${ctx.from.first_name} (${ctx.from.language_code})`));
	bot.on("message:text", (ctx) => ctx.reply(`<b>You said</b> ${ctx.message.text}`, {
		parse_mode: "HTML",
		reply_parameters: { message_id: ctx.message.message_id },
		reply_markup: new InlineKeyboard().text("Good", "good").row().text("Bad", "bad"),
	}));
	bot.on("edited_message:text", (ctx) => ctx.reply(`Changed to ${ctx.editedMessage.text}`));
	bot.on("message:sticker", (ctx) => ctx.reply("No stickers, please"));
	bot.on("callback_query:data", async (ctx) => {
		await ctx.answerCallbackQuery({ text: `Pressed ${ctx.callbackQuery.data}` });
		await ctx.editMessageText(`Noted: ${ctx.callbackQuery.data}`);
	});
	running = bot.start({ timeout: 10 });
	await until("the bot to poll", async () => (await call(`${url}/sandbox/v1/${TOKEN}`)).body.is_polled);
});

after(async () => {
	await bot.stop();
	await running;
	const ended = new Promise((done) => child.once("exit", done));
	child.kill("SIGTERM");
	assert.equal(await ended, 0);
	await rm(dir, { recursive: true, force: true });
});

const drive = async (path, json) => {
	const answer = await call(`${url}/sandbox/v1/${TOKEN}/users/7${path}`, json ? { method: "POST", json } : {});
	assert.ok(answer.status < 300, `${path}: ${answer.status}`);
	return answer.body;
};
const heard = (text) => until(`the user to hear ${text}`, async () =>
	(await drive("/chat")).items.find((item) => item.author === "bot" && item.text === text));

test("a whole conversation: command, text, button, answer, edits, sticker", async () => {
	await drive("/messages", { text: "/start", first_name: "Anna", language_code: "en" });
	await heard("Welcome, Anna (en)");

	const written = await drive("/messages", { text: "the brakes squeal" });
	const echo = await heard("You said the brakes squeal");
	assert.deepEqual(echo.entities, [{ offset: 0, length: 8, type: "bold" }]);
	assert.equal(echo.reply_to_message.message_id, written.message_id);
	assert.deepEqual(echo.reply_markup.inline_keyboard.flat().map((button) => button.callback_data), ["good", "bad"]);

	await drive("/press", { message_id: echo.message_id, data: "bad" });
	const noted = await heard("Noted: bad");
	assert.equal(noted.message_id, echo.message_id);
	assert.equal(noted.reply_markup, undefined);
	assert.equal((await drive("/chat")).presses.at(-1).text, "Pressed bad");

	await drive(`/messages/${written.message_id}/edit`, { text: "the lamp is broken" });
	await heard("Changed to the lamp is broken");
	await drive("/messages", { sticker: true });
	await heard("No stickers, please");
});

test("refusals arrive as the framework's own errors", async () => {
	await assert.rejects(bot.api.sendMessage(7, " "), { error_code: 400, description: "Bad Request: message text is empty" });
	await drive("/block", { blocked: true });
	await assert.rejects(bot.api.sendMessage(7, "x"), { error_code: 403 });
	await drive("/block", { blocked: false });
	assert.equal((await bot.api.sendMessage(7, "back")).text, "back");
});

test("commands that the framework sets are read back", async () => {
	const commands = [{ command: "start", description: "Begin" }];
	await bot.api.setMyCommands(commands, { language_code: "ru" });
	assert.deepEqual(await bot.api.getMyCommands({ language_code: "ru" }), commands);
});
