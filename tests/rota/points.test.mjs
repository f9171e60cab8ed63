// tests/rota/points.test.mjs -- shifts that weigh differently: a load of points, a bound that holds.

import assert from "node:assert/strict";
import { test } from "node:test";
import { each, plan } from "./engine.mjs";
import { small } from "./instances.mjs";
import { optima } from "./oracle.mjs";
import { Fraction, problemsOf } from "./rules.mjs";
import { on, part, same, seeds } from "./sample.mjs";

test("points of their own: no rule broken, the bound holds, and equal points are solved exactly", async () => {
	const weighed = (instance, points) => ({ ...instance, shifts: instance.shifts.map((shift, index) => ({ ...shift, points: points[index] })) });
	const unequal = seeds(part(0.1), 600).map((seed) => weighed(small(seed, { couriers: 3 + (seed % 5), days: 5, history: null }), [1, 2, 3]));
	const equal = seeds(part(0.05), 600).map((seed) => weighed(small(seed), [2, 2, 2]));
	for (const instance of equal) for (const courier of instance.couriers) if (courier.history) courier.history *= 2;
	const best = await each(unequal, async (instance) => (await optima([instance], { points: true }))[0]);
	const answers = await each(unequal, plan);
	for (const [index, instance] of unequal.entries()) {
		on(600 + index, () => {
			const [answer, truth] = [answers[index], best[index]];
			assert.deepEqual(problemsOf(instance, answer), []);
			assert.equal(answer.covered, truth.covered);
			assert.ok(Fraction.of(answer.bound).compare(truth.cost) <= 0, `bound ${answer.bound}, the optimum is ${truth.cost}`);
			assert.ok(Fraction.of(answer.cost).compare(truth.cost) >= 0);
			if (answer.status === "optimal") assert.ok(same(answer.cost, truth.cost));
		});
	}
	for (const [index, answer] of (await each(equal, plan)).entries()) {
		on(600 + index, () => {
			assert.deepEqual(problemsOf(equal[index], answer), []);
			assert.equal(answer.status, "optimal");
		});
	}
});
