// tests/rota/oracle.test.mjs -- the oracle itself: two solvers, one answer, and a case worked out by hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { small, smallRest } from "./instances.mjs";
import { optima } from "./oracle.mjs";
import { Fraction, problemsOf } from "./rules.mjs";

const SHIFTS = [{ id: "m", start: "07:00", end: "15:00" }, { id: "e", start: "15:00", end: "23:00" }];

// Ann, Bob (with a double contract), Cem and Dia; slots are a shift and its day.
function byHand() {
	const slot = (id, need) => ({ id, shift: id[0], day: Number(id[1]) - 1, need });
	const courier = (id, eligible, history, weight) =>
		({ id, history, weight, cap_day: 1, cap_week: 7, cap_total: 7, eligible: eligible.split(" ") });
	return {
		first_day: "2026-12-01", day_count: 3, week_starts: "monday", shifts: SHIFTS,
		slots: [slot("m1", 1), slot("e1", 1), slot("m2", 2), slot("e2", 1), slot("m3", 1), slot("e3", 1)],
		couriers: [courier("ann", "m1 e1 m2 e3", 0, 1), courier("bob", "m1 m2 e2 m3", 2, 2),
			courier("cem", "e1 m2 e2 e3", 0, 1), courier("dia", "m2 m3", 1, 1)],
	};
}

// What a solver's answer looks like as the engine would print it.
function printed(instance, best) {
	const filled = (slot) => best.assignments.filter((a) => a.slot === slot.id).length;
	return {
		demand: instance.slots.reduce((sum, slot) => sum + slot.need, 0),
		covered: best.covered,
		cost: String(best.cost),
		assignments: best.assignments,
		uncovered: instance.slots.map((slot) => ({ slot: slot.id, missing: slot.need - filled(slot) })).filter((entry) => entry.missing),
		couriers: instance.couriers.map((courier, index) => ({ id: courier.id, load: best.loads[index] })),
	};
}

test("a case worked out by hand", async () => {
	const instance = byHand();
	for (const solver of ["cbc", "glpsol"]) {
		const [best] = await optima([instance], { solver });
		assert.equal(best.covered, 7);
		// Shifts cost Ann and Cem 1, 3, 5; Bob 5/2, 7/2, 9/2; Dia 3, 5. The seven cheapest make 17, and 2 + 2 + 2 + 1 shifts
		// can be had. Before any shift the sum of squares is 4/2 + 1.
		assert.equal(best.cost.compare(new Fraction(17n + 3n)), 0);
		assert.deepEqual(best.loads, [2, 2, 2, 1]);
	}
});

test("cbc and glpsol agree, as linear and as integer programs, and break no rule", async () => {
	const instances = Array.from({ length: 100 }, (_, index) => small(index + 1));
	const [first, second, whole] = [await optima(instances), await optima(instances, { solver: "glpsol" }), await optima(instances, { whole: true })];
	for (const [index, instance] of instances.entries()) {
		for (const other of [second[index], whole[index]]) {
			assert.equal(first[index].covered, other.covered, `seed ${index + 1}`);
			assert.equal(first[index].cost.compare(other.cost), 0, `seed ${index + 1}`);
		}
		assert.deepEqual(problemsOf(instance, printed(instance, first[index])), []);
	}
	const short = instances.filter((instance, index) => printed(instance, first[index]).uncovered.length);
	assert.ok(short.length > 20 && short.length < 80, `${short.length} of 100 short`);
});

test("the integer program keeps the rest rules", async () => {
	const instances = Array.from({ length: 10 }, (_, index) => smallRest(index + 1));
	const [best, core] = [await optima(instances, { rest: true, pack: 1 }), await optima(instances)];
	for (const [index, instance] of instances.entries()) {
		assert.deepEqual(problemsOf(instance, printed(instance, best[index])), []);
		assert.ok(best[index].covered <= core[index].covered);
	}
	const broken = instances.filter((instance, index) => problemsOf(instance, printed(instance, core[index])).length);
	assert.ok(broken.length > 0, "the core alone breaks a rest rule somewhere");
});

test("an answer spoiled by a rule or a sum is told from a good one", async () => {
	const instance = byHand();
	const [best] = await optima([instance]);
	const good = printed(instance, best);
	assert.deepEqual(problemsOf(instance, good), []);
	const spoiled = [
		{ ...good, assignments: good.assignments.slice(1) },
		{ ...good, assignments: [...good.assignments, good.assignments[0]] },
		{ ...good, cost: "21/1" },
		{ ...good, covered: 6 },
		{ ...good, couriers: good.couriers.map((courier) => ({ ...courier, load: 1 })) },
		{ ...good, uncovered: [{ slot: "m1", missing: 1 }] },
	];
	for (const answer of spoiled) assert.notDeepEqual(problemsOf(instance, answer), []);
});
