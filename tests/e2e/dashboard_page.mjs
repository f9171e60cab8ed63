// tests/e2e/dashboard_page.mjs -- what a person does on the dashboard and on the sandbox's phone, in words.

import { openPage } from "./browser.mjs";

export const id = (name) => `[data-testid="${name}"]`;
export const badge = (page, state) => page.waitForSelector(`${id("link-badge")}[data-state="${state}"]`);
export const bubble = (page, text) => page.locator(id("message"), { hasText: text });
export const row = (page, name) => page.locator(id("appeal-row"), { hasText: name });

// A page of the dashboard; `options` as of openPage.
export async function openDesk(browser, desk, options) {
	const page = await openPage(browser, options);
	page.setDefaultTimeout(20000);
	await page.goto(desk.url);
	await page.waitForSelector(id("login-form"));
	return page;
}

export async function signIn(page, password, login = "admin") {
	await page.fill(id("login-name"), login);
	await page.fill(id("login-password"), password);
	await page.click(id("login-submit"));
}

// Another customer writes; the operator opens and takes what that became.
export async function takeNew(page, customer, text) {
	await customer.writes(text);
	await page.click(id("inbox-tab-queue"));
	await row(page, customer.name).click();
	await bubble(page, text).waitFor();
	await page.click(id("take"));
	await page.waitForSelector(`${id("chat")}[data-state="in_work"]`);
}

export async function answer(page, text) {
	await page.fill(id("composer"), text);
	await page.press(id("composer"), "Enter");
}

export const delivery = (page, text, state) =>
	page.locator(`${id("message")}[data-delivery="${state}"]`, { hasText: text }).waitFor();
