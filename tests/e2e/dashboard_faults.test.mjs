// tests/e2e/dashboard_faults.test.mjs -- when something breaks, the dashboard says so, keeps what was written, and catches up.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser } from "./browser.mjs";
import { answer, badge, bubble, delivery, id, openDesk, row, signIn, takeNew } from "./dashboard_page.mjs";
import { call, startDesk, until } from "./harness.mjs";

let desk, browser, page, nextCustomer = 8000;

before(async () => {
	desk = await startDesk();
	await desk.settled();
	browser = await openBrowser();
	page = await openDesk(browser, desk);
	await signIn(page, await desk.password());
	await badge(page, "live");
});
after(async () => {
	await browser?.close();
	await desk?.stop();
});

const newCustomer = () => desk.customer(nextCustomer++);
const state = (where, name) => where.waitForSelector(`${id("chat")}[data-state="${name}"]`);

// Every state the badge shows from now on, in order.
async function recordBadge(where) {
	await where.evaluate((selector) => {
		window.badges = [];
		new MutationObserver(() => {
			const shown = document.querySelector(selector)?.dataset.state;
			if (shown && shown !== window.badges.at(-1)) window.badges.push(shown);
		}).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-state"] });
	}, id("link-badge"));
	return () => where.evaluate(() => window.badges);
}

test("a refused answer says why, and goes when the reason is gone", async () => {
	const customer = newCustomer();
	await takeNew(page, customer, "Where is my refund?");
	await customer.drive("/block", { blocked: true });
	await page.waitForSelector(id("customer-banner"));
	await answer(page, "It is on its way");
	await delivery(page, "It is on its way", "failed");
	const said = await bubble(page, "It is on its way").locator(".trouble").textContent();
	assert.match(said, /^Не доставлено: (клиент заблокировал бота|бот сейчас не может написать клиенту)/);
	await customer.drive("/block", { blocked: false });
	await customer.writes("I am back");
	await page.waitForSelector(id("customer-banner"), { state: "detached" });
	await bubble(page, "It is on its way").locator(id("send-again")).click();
	await customer.hears("It is on its way");
	await bubble(page, "It is on its way").locator(id("send-again")).waitFor({ state: "detached" });
});

test("a refusal of Telegram is quoted, and sending again delivers", async () => {
	const customer = newCustomer();
	await takeNew(page, customer, "The map is empty");
	await customer.hears(/Admin/);
	await desk.faults({ method: "sendMessage", kind: "bad_request", count: 1, user: customer.id });
	await answer(page, "Please restart the app");
	await delivery(page, "Please restart the app", "failed");
	assert.match(await bubble(page, "Please restart the app").locator(".trouble").textContent(), /Не доставлено: Bad Request: /);
	await bubble(page, "Please restart the app").locator(id("send-again")).click();
	await customer.hears("Please restart the app");
	await page.locator(`${id("message")}[data-delivery="failed"]`).waitFor({ state: "detached" });
});

test("the countdown runs by the server's clock, and the customer's message ends it", async () => {
	const customer = newCustomer();
	await takeNew(page, customer, "How do I end a ride?");
	await page.click(id("close"));
	const left = async () => Number(await page.getAttribute(id("countdown"), "data-left-s"));
	const first = await left();
	assert.ok(first <= 600 && first > 570, `${first} s of ten minutes`);
	await desk.passTime(300000);
	await page.click(id("inbox-tab-closed")); // any answer of the server tells its time
	await until("five minutes less", async () => (await left()) <= 300 && (await left()) > 270);
	await customer.writes("One more question");
	await state(page, "in_work");
	await bubble(page, "One more question").waitFor();
	assert.equal(await page.locator(id("countdown")).count(), 0);
});

test("the operator keeps an appeal open that was closing", async () => {
	await page.click(id("close"));
	await page.click(id("resume"));
	await state(page, "in_work");
	await page.waitForSelector(id("close"));
});

test("the badge is offline without a link, catching up while what was missed comes in, then live", async () => {
	const customer = newCustomer();
	await takeNew(page, customer, "Hello?");
	const badges = await recordBadge(page);
	await desk.processes.api.kill();
	await badge(page, "offline");
	for (let i = 0; i < 12; i++) await customer.writes(`Missed ${i} ${"and more words ".repeat(60)}`);
	const wire = await page.context().newCDPSession(page);
	await wire.send("Network.enable");
	await wire.send("Network.emulateNetworkConditions", { offline: false, latency: 20, downloadThroughput: 16000, uploadThroughput: -1 });
	await desk.start("api");
	await bubble(page, "Missed 11").waitFor();
	await badge(page, "live");
	await wire.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
	await wire.detach();
	assert.deepEqual(await badges(), ["offline", "catching-up", "live"]);
	assert.equal(await page.locator(id("message"), { hasText: "Missed" }).count(), 12);
});

test("an answer written without a link is kept, shown as such, and sent once when the link is back, from whichever tab", async () => {
	const customer = newCustomer();
	await takeNew(page, customer, "Is anybody there?");
	await desk.processes.api.kill();
	await badge(page, "offline");
	await answer(page, "Yes, give us a minute");
	await page.waitForSelector(`${id("pending")}[data-phase="waiting"]`);
	const address = page.url();
	await desk.start("api");
	const second = await page.context().newPage();
	await second.goto(address);
	for (const each of [page, second]) await delivery(each, "Yes, give us a minute", "sent");
	await customer.hears("Yes, give us a minute");
	await until("nothing on its way", async () => (await page.locator(id("pending")).count()) + (await second.locator(id("pending")).count()) === 0);
	for (const each of [page, second]) assert.equal(await bubble(each, "Yes, give us a minute").count(), 1);
	assert.equal((await customer.chat()).filter(({ text }) => text === "Yes, give us a minute").length, 1);
	await second.close();
});

test("two tabs agree on drafts, on states and on who is signed in", async () => {
	const customer = newCustomer();
	await customer.writes("My helmet is locked in");
	await page.click(id("inbox-tab-queue"));
	await row(page, customer.name).click();
	const second = await page.context().newPage();
	await second.goto(page.url());
	await second.waitForSelector(id("take"));
	await page.fill(id("composer"), "Pull it gently");
	await until("the draft in the other tab", async () => (await second.inputValue(id("composer"))) === "Pull it gently");
	await page.press(id("composer"), "Enter");
	await until("no draft in either", async () => (await page.inputValue(id("composer"))) + (await second.inputValue(id("composer"))) === "");
	for (const each of [page, second]) {
		await state(each, "in_work");
		await delivery(each, "Pull it gently", "sent");
	}
	await second.click(id("logout"));
	await page.waitForSelector(id("login-form"));
	await signIn(second, await desk.password());
	for (const each of [page, second]) await badge(each, "live");
	await second.close();
});

test("a session that ended leads to the door and back, and the draft is still there", async () => {
	const customer = newCustomer();
	await takeNew(page, customer, "The bell is broken");
	await page.fill(id("composer"), "Which scooter was it? I will");
	const address = page.url();
	await call(`${desk.url}/oauth/revoke`, { method: "POST",
		form: { token: await page.evaluate(() => JSON.parse(localStorage.getItem("eco.refresh"))) } });
	await page.waitForSelector(id("login-form"));
	assert.match(await page.locator(".notice").textContent(), /черновики сохранены/);
	await signIn(page, await desk.password());
	await badge(page, "live");
	assert.equal(page.url(), address);
	assert.equal(await page.inputValue(id("composer")), "Which scooter was it? I will");
	await page.press(id("composer"), "Enter");
	await customer.hears("Which scooter was it? I will");
	assert.deepEqual(page.errors, []);
});
