// tests/e2e/dashboard_hands.test.mjs -- the dashboard by keyboard alone, on a phone, in both languages, and without barriers.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { barriers } from "./axe.mjs";
import { openBrowser, openPage } from "./browser.mjs";
import { answer, badge, bubble, delivery, id, openDesk, row, signIn, takeNew } from "./dashboard_page.mjs";
import { BIN_DIR, startDesk, until } from "./harness.mjs";

const PICTURES = join(BIN_DIR, "../screenshots");
const THUMB_PX = 40;

let desk, browser, nextCustomer = 7000;

before(async () => {
	await mkdir(PICTURES, { recursive: true });
	desk = await startDesk();
	await desk.settled();
	browser = await openBrowser();
});
after(async () => {
	await browser?.close();
	await desk?.stop();
});

const newCustomer = () => desk.customer(nextCustomer++);
const state = (page, name) => page.waitForSelector(`${id("chat")}[data-state="${name}"]`);
const focused = (page) => page.evaluate(() => document.activeElement.dataset.testid ?? document.activeElement.tagName);

test("the whole job without a mouse", async () => {
	const customer = newCustomer();
	await customer.writes("Can you end my ride?");
	const page = await openDesk(browser, desk);
	const type = (text) => page.keyboard.type(text);
	const press = (key) => page.keyboard.press(key);
	assert.equal(await focused(page), "login-name");
	await type("admin");
	await press("Tab");
	await type(await desk.password());
	await press("Enter");
	await badge(page, "live");
	await press("2");
	await row(page, customer.name).waitFor();
	await press("j");
	await state(page, "new");
	await press("Alt+t");
	await state(page, "in_work");
	await press("/");
	assert.equal(await focused(page), "composer");
	await type("Done, the ride");
	await press("Shift+Enter");
	await type("is over: j k 1 2 ?");
	await press("Enter");
	await customer.hears("Done, the ride\nis over: j k 1 2 ?");
	await delivery(page, "Done, the ride", "sent");
	await press("Alt+e");
	await page.waitForSelector(id("countdown"));
	await press("Escape");
	await press("?");
	await page.waitForSelector(`${id("help-sheet")}[open]`);
	await press("Escape");
	await page.waitForSelector(id("help-sheet"), { state: "detached" });
	await press("Escape");
	await page.waitForURL(/\/appeals$/);
	assert.deepEqual(page.errors, []);
	await page.context().close();
});

test("the menu opens, walks and closes by keys, and gives the focus back", async () => {
	const page = await openDesk(browser, desk);
	await signIn(page, await desk.password());
	await takeNew(page, newCustomer(), "Is there a discount?");
	await page.focus(id("more"));
	await page.keyboard.press("Enter");
	assert.equal(await focused(page), "to-queue");
	await page.keyboard.press("ArrowUp");
	assert.equal(await focused(page), "delete");
	await page.keyboard.press("Escape");
	assert.equal(await focused(page), "more");
	await page.keyboard.press("Enter");
	await page.keyboard.press("Enter");
	await state(page, "new");
	await page.context().close();
});

// What a thumb has to hit is large enough, and nothing sticks out.
async function fitsThumb(page, names) {
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "the page scrolls sideways");
	for (const name of names) {
		const { width, height, x } = await page.locator(id(name)).boundingBox();
		assert.ok(Math.min(width, height) >= THUMB_PX && x >= 0 && x + width <= 390, `${name}: ${width} x ${height} at ${x}`);
	}
}

test("on a phone one pane fills the screen, and every button fits a thumb", async () => {
	const customer = newCustomer();
	await customer.writes(`A long word: ${"Donaudampfschifffahrt".repeat(12)}, and https://eco.example/${"x".repeat(300)}`);
	const page = await openDesk(browser, desk, { width: 390, height: 844, touch: true, locale: "ru-RU" });
	await signIn(page, await desk.password());
	await badge(page, "live");
	await page.tap(id("inbox-tab-queue"));
	await fitsThumb(page, ["inbox-tab-mine", "inbox-tab-closed", "theme-switch", "lang-switch", "logout"]);
	await row(page, customer.name).tap();
	await bubble(page, "A long word").waitFor();
	assert.equal(await page.locator(id("inbox-list")).isVisible(), false);
	await fitsThumb(page, ["chat-back", "take", "more", "info", "send"]);
	await page.tap(id("take"));
	await state(page, "in_work");
	await page.fill(id("composer"), "We are on it");
	await page.tap(id("send"));
	await delivery(page, "We are on it", "sent");
	await page.tap(id("info"));
	await page.locator(id("customer-panel")).waitFor();
	await page.screenshot({ path: join(PICTURES, "panel-phone-light.png"), animations: "disabled" });
	await page.locator(`${id("customer-panel")} button[aria-label]`).first().tap();
	await page.tap(id("chat-back"));
	await page.locator(id("inbox-list")).waitFor();
	assert.deepEqual(page.errors, []);
	await page.context().close();
});

const atBottom = (page) => page.evaluate(() => {
	const log = document.querySelector("[role=log]");
	return log.scrollHeight - log.scrollTop - log.clientHeight < 2;
});

test("a long conversation keeps its place: at the end, above it, and while earlier messages come in", async () => {
	const customer = newCustomer();
	for (let i = 1; i <= 120; i++) await customer.writes(`Line ${i}.`);
	const page = await openDesk(browser, desk);
	await signIn(page, await desk.password());
	await page.click(id("inbox-tab-queue"));
	await row(page, customer.name).click();
	await bubble(page, "Line 120.").waitFor();
	assert.ok(await atBottom(page));
	await customer.writes("Line 121.");
	await bubble(page, "Line 121.").waitFor();
	await until("the end in view", () => atBottom(page));
	const top = await page.locator(id("message")).first().getAttribute("data-id");
	const marked = page.locator(`${id("message")}[data-id="${top}"]`);
	await page.evaluate(() => { document.querySelector("[role=log]").scrollTop = 310; });
	const { y } = await marked.boundingBox();
	await page.evaluate(() => { document.querySelector("[role=log]").scrollTop = 290; });
	await until("earlier messages", async () => (await page.locator(id("message")).first().getAttribute("data-id")) !== top);
	const moved = (await marked.boundingBox()).y - y - 20;
	assert.ok(Math.abs(moved) < 3, `moved by ${moved} px`);
	await desk.processes.api.kill();
	await badge(page, "offline");
	for (const i of [122, 123, 124]) await customer.writes(`Line ${i}.`);
	await desk.start("api");
	await badge(page, "live");
	await page.locator(".to-bottom", { hasText: "3 новых сообщения" }).click();
	await until("the end in view", () => atBottom(page));
	await page.locator(".to-bottom").waitFor({ state: "detached" });
	await bubble(page, "Line 124.").waitFor();
	assert.deepEqual(page.errors, []);
	await page.context().close();
});

test("English and Russian are whole, with their plurals, and the choice is kept", async () => {
	const page = await openDesk(browser, desk);
	const words = () => page.evaluate(() => document.body.innerText);
	await page.click(id("lang-switch"));
	await page.waitForSelector("html[lang=en]");
	assert.doesNotMatch((await words()).replace("RU", ""), /\p{Script=Cyrillic}/u);
	await signIn(page, await desk.password());
	await badge(page, "live");
	for (const tab of ["mine", "queue", "work", "closed"]) {
		await page.click(id(`inbox-tab-${tab}`));
		await page.waitForSelector(`${id(`inbox-tab-${tab}`)}[aria-selected=true]`);
		assert.doesNotMatch(await words(), /\p{Script=Cyrillic}/u);
	}
	await page.reload();
	await page.waitForSelector("html[lang=en]");
	await page.click(id("inbox-tab-work"));
	const count = async () => page.locator(id("appeal-row")).count();
	await until("the list", count);
	await page.locator(".list-tail", { hasText: `${await count()} appeal` }).waitFor();
	await page.click(id("lang-switch"));
	const forms = { one: "обращение", few: "обращения", many: "обращений" };
	const form = forms[new Intl.PluralRules("ru").select(await count())];
	await page.locator(".list-tail", { hasText: new RegExp(`Всего ${await count()} ${form}$`) }).waitFor();
	await page.context().close();
});

async function noBarriers(page, place) {
	for (const colorScheme of ["light", "dark"]) {
		await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
		assert.deepEqual(await barriers(page), [], `${place}, ${colorScheme}`);
	}
}

for (const [kind, size] of [["desktop", {}], ["phone", { width: 390, height: 844, touch: true }]])
	test(`no room of the dashboard has a barrier, on a ${kind}`, async () => {
		const page = await openDesk(browser, desk, size);
		await signIn(page, "not the password");
		await page.waitForSelector(id("login-error"));
		await noBarriers(page, "login");
		await signIn(page, await desk.password());
		await badge(page, "live");
		for (const tab of ["mine", "closed", "work", "queue"]) {
			await page.click(id(`inbox-tab-${tab}`));
			await page.waitForSelector(`${id("appeal-row")}, ${id("inbox-empty")}`);
			await noBarriers(page, tab);
		}
		const customer = newCustomer();
		await takeNew(page, customer, "See https://eco.example/ride");
		await customer.hears(/Admin/);
		for (const [kind, text] of [["bad_request", "failed"], ["reply_lost", "unknown"]]) {
			await desk.faults({ method: "sendMessage", kind, count: 1, user: customer.id });
			await answer(page, `this is ${text}`);
			await delivery(page, `this is ${text}`, text);
		}
		await page.click(id("close"));
		await page.waitForSelector(id("countdown"));
		await noBarriers(page, "closing");
		await page.click(id("more"));
		await noBarriers(page, "menu");
		await page.click(id("delete"));
		await page.waitForSelector("dialog[open]");
		await noBarriers(page, "question");
		await page.keyboard.press("Escape");
		if (kind === "phone") await page.click(id("info"));
		await page.waitForSelector(id("customer-panel"));
		await noBarriers(page, "customer");
		await page.context().close();
	});

test("the sandbox's page and the API's page have no barriers", async () => {
	const page = await openPage(browser);
	page.setDefaultTimeout(60000);
	await page.goto(desk.sandbox);
	await page.fill(id("phone-support-input"), "Hello");
	await page.click(id("phone-support-send"));
	await page.locator(`${id("phone-support-message")}[data-author=bot]`).first().waitFor();
	await noBarriers(page, "sandbox");
	for (const colorScheme of ["light", "dark"]) {
		await page.emulateMedia({ colorScheme });
		await page.goto(`${desk.docsUrl}/docs`);
		await page.locator(".opblock-summary-control").first().click();
		await page.waitForSelector(".opblock-body .microlight");
		assert.deepEqual(await barriers(page), [], `docs, ${colorScheme}`);
	}
});
