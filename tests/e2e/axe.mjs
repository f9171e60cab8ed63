// tests/e2e/axe.mjs -- axe-core's opinion of a page as it is on screen.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const GRAVE = ["serious", "critical"];

// What keeps people out: a line per element, empty when there is nothing.
export async function barriers(page) {
	await page.evaluate(source);
	const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
	return violations.filter(({ impact }) => GRAVE.includes(impact)).flatMap(({ id, nodes }) => nodes.map((node) =>
		`${id}: ${node.target.join(" ")}: ${node.any.concat(node.all, node.none).map(({ message }) => message).join("; ")}`));
}
