// tests/e2e/dashboard.test.mjs -- the main job as people see it: a customer on the sandbox page, an operator on the dashboard.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openBrowser, openPage } from "./browser.mjs";
import { BIN_DIR, startDesk, until } from "./harness.mjs";

// Pictures to look at are kept beside what was built.
const PICTURES = join(BIN_DIR, "../screenshots");

let desk, browser, phone, page;
const id = (name) => `[data-testid="${name}"]`;

before(async () => {
	await mkdir(PICTURES, { recursive: true });
	desk = await startDesk();
	await desk.settled();
	browser = await openBrowser();
	phone = await openPage(browser, { width: 1280 });
	await phone.goto(desk.sandbox);
	page = await openPage(browser);
	page.setDefaultTimeout(20000);
	phone.setDefaultTimeout(20000);
});
after(async () => {
	await browser?.close();
	await desk?.stop();
});

async function customerWrites(text) {
	await phone.fill(id("phone-support-input"), text);
	await phone.click(id("phone-support-send"));
}

async function signIn(where, password) {
	await where.goto(desk.url);
	await where.fill(id("login-name"), "admin");
	await where.fill(id("login-password"), password ?? await desk.password());
	await where.click(id("login-submit"));
}

const badge = (where, state) => where.waitForSelector(`${id("link-badge")}[data-state="${state}"]`);
const bubble = (where, text) => where.locator(id("message"), { hasText: text });

// Light and dark, desktop and phone: the same session in a page of another size.
async function picture(name) {
	for (const scheme of ["light", "dark"]) {
		await page.emulateMedia({ colorScheme: scheme });
		await page.screenshot({ path: join(PICTURES, `${name}-desktop-${scheme}.png`) });
		await page.setViewportSize({ width: 390, height: 844 });
		await page.screenshot({ path: join(PICTURES, `${name}-phone-${scheme}.png`) });
		await page.setViewportSize({ width: 1440, height: 900 });
	}
	await page.emulateMedia({ colorScheme: "light" });
}

test("a wrong password is refused in words, the right one opens the inbox", async () => {
	await signIn(page, "not the password");
	await page.waitForSelector(id("login-error"));
	await picture("login");
	await signIn(page);
	await badge(page, "live");
	await page.waitForSelector(id("inbox-empty"));
});

test("what the customer writes appears in the queue by itself", async () => {
	await customerWrites("The scooter beeps and does not move");
	await page.click(id("inbox-tab-queue"));
	await page.waitForSelector(id("appeal-row"));
	await phone.locator(id("phone-support-message"), { hasText: /#\d+|№\d+/ }).first().waitFor();
	await picture("inbox");
});

test("the operator takes it, answers, and sees the tick when Telegram has it", async () => {
	await page.locator(id("appeal-row")).first().click();
	await page.click(id("take"));
	await page.fill(`${id("composer")} textarea, textarea${id("composer")}`, "Is there a number on the handlebar?");
	await page.keyboard.press("Enter");
	await page.locator(`${id("message")}[data-author="employee"][data-delivery="sent"]`).waitFor();
	await phone.locator(id("phone-support-message"), { hasText: "Is there a number on the handlebar?" }).waitFor();
	await picture("chat");
});

test("a lost confirmation shows as not confirmed and is sent again by a click", async () => {
	await desk.faults({ method: "sendMessage", kind: "reply_lost", count: 1 });
	await page.fill(`${id("composer")} textarea, textarea${id("composer")}`, "We can swap it for you");
	await page.keyboard.press("Enter");
	const unknown = page.locator(`${id("message")}[data-delivery="unknown"]`);
	await unknown.waitFor();
	await picture("unknown");
	await page.click(id("send-again"));
	await unknown.waitFor({ state: "detached" });
	await until("the second copy", async () =>
		(await phone.locator(id("phone-support-message"), { hasText: "We can swap it for you" }).count()) === 2);
});

test("while the link is down the badge says so; afterwards what was missed is there", async () => {
	await desk.processes.api.kill();
	await badge(page, "offline");
	await customerWrites("Number 4711");
	await desk.start("api");
	await badge(page, "live");
	await bubble(page, "Number 4711").waitFor();
});

test("closing shows the countdown; the customer's button closes it for good", async () => {
	await page.click(id("close"));
	const confirm = page.locator(id("confirm-yes"));
	if (await confirm.isVisible().catch(() => false)) await confirm.click();
	await page.waitForSelector(id("countdown"));
	assert.match(await page.textContent(id("countdown")), /\d?\d:\d\d/);
	await picture("closing");
	await phone.locator(id("phone-support-button")).first().click();
	await page.waitForSelector(`${id("chat")}[data-state="closed"]`);
	await picture("closed");
	assert.deepEqual(page.errors, []);
	assert.deepEqual(phone.errors, []);
});

test("the phone's page is looked at, too", async () => {
	for (const scheme of ["light", "dark"]) {
		await phone.emulateMedia({ colorScheme: scheme });
		await phone.screenshot({ path: join(PICTURES, `sandbox-desktop-${scheme}.png`) });
	}
	await phone.setViewportSize({ width: 390, height: 844 });
	await phone.screenshot({ path: join(PICTURES, "sandbox-phone.png") });
});

test("the API's pages open on the port of their own, and ask nothing of the world outside", async () => {
	const docs = await openPage(browser);
	docs.setDefaultTimeout(60000); // Swagger UI takes two seconds of a core that is free, and any number of one that is not
	const asked = [];
	docs.on("request", (request) => asked.push(new URL(request.url())));
	await docs.goto(`${desk.docsUrl}/docs`);
	await docs.waitForSelector(".opblock");
	await docs.locator("#operations-Signing_in-post_oauth_token .opblock-summary-control").click();
	await docs.waitForSelector("#operations-Signing_in-post_oauth_token .opblock-body");
	assert.match(docs.url(), /#\/Signing/);
	await docs.screenshot({ path: join(PICTURES, "docs-desktop-light.png") });
	await docs.emulateMedia({ colorScheme: "dark" });
	await docs.reload();
	await docs.waitForSelector(".dark-mode .opblock");
	await docs.screenshot({ path: join(PICTURES, "docs-desktop-dark.png") });
	assert.deepEqual(docs.errors.filter((error) => !error.startsWith("Deprecated: escaping deep link")), []);
	assert.deepEqual(asked.filter(({ origin, protocol }) => origin !== desk.docsUrl && protocol !== "data:").map(String), []);
});
