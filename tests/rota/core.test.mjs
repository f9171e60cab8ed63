// tests/rota/core.test.mjs -- `ecoctl rota plan` against the oracle: as many places covered, as even, no rule broken.

import assert from "node:assert/strict";
import { test } from "node:test";
import { plan, each, rota } from "./engine.mjs";
import { Chance, large, small } from "./instances.mjs";
import { optima } from "./oracle.mjs";
import { modelOf, problemsOf } from "./rules.mjs";
import { COUNT, on, part, same, seeds, sorted } from "./sample.mjs";

test(`${COUNT} random instances: covered as far as can be and as even as can be`, async () => {
	const instances = seeds(COUNT).map((seed) => small(seed));
	const [best, answers] = [await optima(instances), await each(instances, plan)];
	const seen = { short: 0, equalWeights: 0, idle: 0 };
	for (const [index, instance] of instances.entries()) {
		on(index + 1, () => {
			const answer = answers[index];
			assert.deepEqual(problemsOf(instance, answer), []);
			assert.equal(answer.covered, best[index].covered);
			assert.ok(same(answer.cost, best[index].cost), `cost ${answer.cost}, not ${best[index].cost}`);
			assert.ok(same(answer.bound, answer.cost), `bound ${answer.bound}, cost ${answer.cost}`);
			assert.equal(answer.status, "optimal");
			assert.equal(answer.gap, 0);
			const model = modelOf(instance);
			const equal = model.couriers.every((courier) => courier.weight === model.couriers[0].weight);
			const sums = (loads) => sorted(model.couriers.map((courier) => courier.history + loads[courier.index]));
			if (equal) assert.deepEqual(sums(answer.couriers.map((courier) => courier.load)), sums(best[index].loads));
			seen.short += answer.covered < answer.demand;
			seen.equalWeights += equal;
			seen.idle += model.couriers.some((courier) => !courier.can.length);
		});
	}
	for (const [what, count] of Object.entries(seen)) assert.ok(count > COUNT / 10, `${what}: only ${count}`);
});

test("fixed assignments are kept, and the rest is as good as it can be", async () => {
	const instances = seeds(part(0.2), 9000).map((seed) => small(seed));
	const first = await each(instances, plan);
	// What somebody might have promised: some assignments of another good answer.
	const chance = new Chance(5);
	const mirrored = await each(instances, (instance) => plan({ ...instance, couriers: [...instance.couriers].reverse() }));
	for (const [index, instance] of instances.entries()) instance.fixed = chance.some(mirrored[index].assignments, chance.int(1, 3));
	const [best, answers] = [await optima(instances), await each(instances, plan)];
	for (const [index, instance] of instances.entries()) {
		on(9000 + index, () => {
			assert.deepEqual(problemsOf(instance, answers[index]), []);
			assert.equal(answers[index].covered, first[index].covered);
			assert.equal(answers[index].covered, best[index].covered);
			assert.ok(same(answers[index].cost, best[index].cost), `cost ${answers[index].cost}, not ${best[index].cost}`);
		});
	}
});

test("hours, nights and weekends are what the assignments make", async () => {
	const instances = seeds(part(0.1), 3000).map((seed) => small(seed));
	const answers = await each(instances, plan);
	for (const [index, instance] of instances.entries()) {
		const model = modelOf(instance);
		for (const person of answers[index].couriers) {
			const mine = answers[index].assignments.filter((a) => a.courier === person.id);
			const slots = mine.map((a) => model.slots.find((slot) => slot.id === a.slot));
			on(3000 + index, () => {
				assert.equal(person.hours, slots.reduce((sum, slot) => sum + (slot.end - slot.start) / 60, 0));
				assert.equal(person.nights, slots.filter((slot) => slot.shift === "n").length);
			});
		}
	}
});

test("the same input gives the same bytes", async () => {
	const inputs = [...seeds(part(0.05), 40).map((seed) => small(seed)), large({ couriers: 100, daily: 0.6 })].map((instance) => JSON.stringify(instance));
	const [first, second] = [await each(inputs, (text) => rota(["plan"], text)), await each(inputs, (text) => rota(["plan"], text))];
	for (const [index, run] of first.entries()) {
		assert.equal(run.code, 0, run.err);
		assert.equal(run.out, second[index].out);
	}
});
