// tests/rota/fair.test.mjs -- beyond the count of shifts: wishes, nights, weekends.

import assert from "node:assert/strict";
import { test } from "node:test";
import { each, plan } from "./engine.mjs";
import { large, small } from "./instances.mjs";
import { optima } from "./oracle.mjs";
import { problemsOf } from "./rules.mjs";
import { on, part, same, seeds } from "./sample.mjs";

test("wishes cost no evenness, and are heard where that is free", async () => {
	const instances = seeds(part(0.1), 800).map((seed) => small(seed, { wishes: true, couriers: 5 }));
	const deaf = instances.map((instance) => ({ ...instance, couriers: instance.couriers.map(({ wishes, ...courier }) => courier) }));
	const [answers, plain, best] = [await each(instances, plan), await each(deaf, plan), await optima(instances, { wishes: true })];
	const heard = (instance, answer) => instance.couriers.reduce((sum, courier) => sum + courier.wishes.reduce((n, wish) => {
		const has = answer.assignments.some((a) => a.slot === wish.slot && a.courier === courier.id);
		return n + (has ? (wish.want ? 1 : -1) : 0);
	}, 0), 0);
	let [before, after, most] = [0, 0, 0];
	for (const [index, instance] of instances.entries()) {
		on(800 + index, () => {
			assert.deepEqual(problemsOf(instance, answers[index]), []);
			assert.equal(answers[index].covered, plain[index].covered);
			assert.ok(same(answers[index].cost, plain[index].cost));
		});
		before += heard(instance, plain[index]);
		after += heard(instance, answers[index]);
		most += heard(instance, best[index]);
	}
	console.log(`wishes heard: ${after}, ${before} by luck, ${most} at most`);
	assert.ok(after - before >= 0.4 * (most - before), `wishes heard: ${after}, ${before} by luck, ${most} at most`);
});

test("nights and weekends fall evenly where loads do", async () => {
	for (const seed of [1, 2, 3]) {
		const instance = large({ couriers: 120, daily: 0.5, seed });
		const answer = await plan(instance);
		assert.deepEqual(problemsOf(instance, answer), []);
		const full = answer.couriers.filter((_, index) => instance.couriers[index].weight === 10);
		for (const field of ["nights", "weekends"]) {
			const numbers = full.map((person) => person[field]);
			const apart = Math.max(...numbers) - Math.min(...numbers);
			assert.ok(apart <= 4, `seed ${seed}: ${field} from ${Math.min(...numbers)} to ${Math.max(...numbers)}`);
		}
	}
});
