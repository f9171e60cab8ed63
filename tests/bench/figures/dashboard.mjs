// tests/bench/figures/dashboard.mjs -- the dashboard in a browser: how soon it is there, and how it moves with 10,000 appeals.

import { openBrowser, openPage } from "../../e2e/browser.mjs";
import { badge, id, signIn } from "../../e2e/dashboard_page.mjs";
import { withDesk } from "../desk.mjs";
import { median, quiet } from "../measure.mjs";

const APPEALS = 10000;
const KEYS = 30;

// Puts a stamp at the next frame: what was asked for is on screen then.
const frame = (page) => page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => done()); }));

async function timed(work) {
	const began = performance.now();
	await work();
	return performance.now() - began;
}

async function countBytes(page) {
	const wire = await page.context().newCDPSession(page);
	let bytes = 0;
	await wire.send("Network.enable");
	wire.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
	return () => bytes / 1000;
}

async function perKey(page, key) {
	const times = [];
	for (let i = 0; i < KEYS; i++) {
		times.push(await timed(async () => {
			await page.keyboard.press(key);
			await frame(page);
		}));
	}
	return median(times);
}

async function sitting(browser, desk, password) {
	const page = await openPage(browser);
	page.setDefaultTimeout(60000);
	await page.addInitScript(() => localStorage.setItem("eco.tab", JSON.stringify("mine")));
	const bytes = await countBytes(page);
	await quiet();
	const door = await timed(async () => {
		await page.goto(desk.url);
		await page.waitForSelector(id("login-form"));
	});
	const size = bytes();
	const firstRow = await timed(async () => {
		await signIn(page, password);
		await page.waitForSelector(id("appeal-row"));
	});
	await badge(page, "live");
	await page.waitForSelector(`${id("inbox-list")}[aria-busy=false]`);
	const walk = await perKey(page, "j");
	await page.click(id("composer"));
	const letter = await perKey(page, "a");
	await page.context().close();
	return { door, size, firstRow, walk, letter };
}

export async function figure({ rounds }) {
	return withDesk({ appeals: APPEALS, start: ["scheduler", "api"] }, async (desk) => {
		const browser = await openBrowser();
		const password = await desk.password();
		const all = [];
		try {
			for (let i = 0; i < rounds; i++) all.push(await sitting(browser, desk, password));
		} finally {
			await browser.close();
		}
		const row = (what, unit, name, reach, aim) => ({ what, unit, ours: all.map((each) => each[name]), less: true, reach, aim });
		return [
			row("dashboard: the sign-in page, whole", "kB", "size", 100, 60),
			row("dashboard: address to the sign-in page", "ms", "door", 1500, 800),
			row("dashboard: password to the first row of 10,000", "ms", "firstRow", 2500, 1500),
			row("dashboard: J to the next appeal, to its frame", "ms", "walk", 150, 100),
			row("dashboard: a letter in an answer, to its frame", "ms", "letter", 50, 34),
		];
	});
}
