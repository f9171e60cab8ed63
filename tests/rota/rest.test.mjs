// tests/rota/rest.test.mjs -- rest rules: never broken, and nearly always as good as an integer program can do.

import assert from "node:assert/strict";
import { test } from "node:test";
import { check, each, plan, rota } from "./engine.mjs";
import { Chance, smallCrowded, smallRest } from "./instances.mjs";
import { optima } from "./oracle.mjs";
import { Fraction, problemsOf } from "./rules.mjs";
import { spoil } from "./spoil.mjs";
import { on, part, same, seeds } from "./sample.mjs";

// Plans each and compares it with the integer program's optimum: how many are as good.
async function besideOptima(instances, name) {
	const [best, answers] = [await each(instances, async (instance) => (await optima([instance], { rest: true }))[0]), await each(instances, plan)];
	const checks = await each(instances, (instance, index) => check(instance, answers[index]));
	let equal = 0;
	for (const [index, instance] of instances.entries()) {
		on(index + 1, () => {
			const [answer, truth] = [answers[index], best[index]];
			assert.deepEqual(problemsOf(instance, answer), []);
			assert.equal(checks[index].code, 0, checks[index].err);
			assert.ok(answer.covered <= truth.covered);
			const reached = answer.covered === truth.covered && same(answer.cost, truth.cost);
			equal += reached;
			if (answer.status === "optimal") assert.ok(reached, "it says optimal");
			if (answer.covered === truth.covered) assert.ok(Fraction.of(answer.bound).compare(truth.cost) <= 0, "a bound above the optimum");
		});
	}
	console.log(`${name}: ${equal} of ${instances.length} equal to the integer program`);
	assert.ok(equal >= 0.95 * instances.length, `${equal} of ${instances.length} are the best`);
}

test("rest rules: none is ever broken, nearly always the best, and no bound above it", () =>
	besideOptima(seeds(part(0.1)).map((seed) => smallRest(seed)), "rest rules"));

test("without rest rules nobody works two shifts at one time either", () =>
	besideOptima(seeds(part(0.1)).map((seed) => smallCrowded(seed)), "two shifts at one time"));

test("with rest rules: the same input gives the same bytes, the checker confirms them and nothing spoiled", async () => {
	const instances = seeds(part(0.1), 500).map((seed) => smallRest(seed));
	const run = (instance) => rota(["plan"], JSON.stringify(instance));
	const [first, second] = [await each(instances, run), await each(instances, run)];
	const chance = new Chance(78);
	for (const [index, instance] of instances.entries()) {
		assert.equal(first[index].code, 0, first[index].err);
		assert.equal(first[index].out, second[index].out);
		const answer = JSON.parse(first[index].out);
		const good = await check(instance, answer);
		assert.equal(good.code, 0, `seed ${500 + index}: ${good.err}`);
		const made = spoil(instance, answer, chance);
		if (made) assert.notEqual((await check(instance, made.answer)).code, 0, `seed ${500 + index}, ${made.kind}`);
	}
});
