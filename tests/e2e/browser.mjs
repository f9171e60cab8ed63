// tests/e2e/browser.mjs -- Debian's Chromium, driven by playwright-core; it reaches nothing but this machine.

import { chromium } from "playwright-core";

export async function openBrowser() {
	return chromium.launch({
		executablePath: "/usr/bin/chromium",
		args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
	});
}

// A page whose errors fail the test: page.errors must stay empty.
export async function openPage(browser, { width = 1440, height = 900, dark = false, touch = false, locale = "en-GB" } = {}) {
	const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? "dark" : "light", locale,
		hasTouch: touch, isMobile: touch });
	const page = await context.newPage();
	page.errors = [];
	page.on("pageerror", (error) => page.errors.push(String(error)));
	page.on("console", (message) => {
		if (message.type() === "error" && !/Failed to load resource/.test(message.text())) page.errors.push(message.text());
	});
	return page;
}
