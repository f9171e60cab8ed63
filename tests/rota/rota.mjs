// tests/rota/rota.test.mjs -- `ecoctl rota` against the oracle: as many places covered, as even, no rule broken, no wrong answer
// confirmed.
//
// ROTA_INSTANCES (300) says how many random instances; the numbers of other tests follow it. 2000 is the full run.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Chance, large, small, smallRest } from "./instances.mjs";
import { check, each, plan, replan, rota } from "./engine.mjs";
import { optima } from "./oracle.mjs";
import { Fraction, modelOf, problemsOf } from "./rules.mjs";
import { KINDS, spoil } from "./spoil.mjs";

const COUNT = Number(process.env.ROTA_INSTANCES ?? 300);
const part = (share) => Math.ceil(COUNT * share);
const seeds = (count, from = 1) => Array.from({ length: count }, (_, index) => from + index);
const same = (a, b) => Fraction.of(a).compare(Fraction.of(b)) === 0;
const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
const keys = (assignments) => assignments.map((a) => `${a.slot} ${a.courier}`);

// Says which seed it was, so that it can be looked at again.
function on(seed, what) {
	try {
		what();
	} catch (error) {
		error.message = `seed ${seed}: ${error.message}`;
		throw error;
	}
}

// ---- the core --------------------------------------------------------------------------------------

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
				assert.ok(person.reason.ru.length > 20 && person.reason.en.length > 20);
			});
		}
	}
});

test("the same input gives the same bytes", async () => {
	const inputs = [...seeds(part(0.05), 40).map((seed) => small(seed)), ...seeds(part(0.02), 40).map((seed) => smallRest(seed)),
		large({ couriers: 100, daily: 0.6 })].map((instance) => JSON.stringify(instance));
	const [first, second] = [await each(inputs, (text) => rota(["plan"], text)), await each(inputs, (text) => rota(["plan"], text))];
	for (const [index, run] of first.entries()) {
		assert.equal(run.code, 0, run.err);
		assert.equal(run.out, second[index].out);
	}
});

// ---- rest rules ------------------------------------------------------------------------------------

test("rest rules: none is ever broken, nearly always the best, and no bound above it", async () => {
	const instances = seeds(part(0.1)).map((seed) => smallRest(seed));
	const [best, answers] = [await each(instances, async (instance) => (await optima([instance], { rest: true }))[0]), await each(instances, plan)];
	let equal = 0;
	for (const [index, instance] of instances.entries()) {
		on(index + 1, () => {
			const [answer, truth] = [answers[index], best[index]];
			assert.deepEqual(problemsOf(instance, answer), []);
			assert.ok(answer.covered <= truth.covered);
			const reached = answer.covered === truth.covered && same(answer.cost, truth.cost);
			equal += reached;
			if (answer.status === "optimal") assert.ok(reached, "it says optimal");
			if (answer.covered === truth.covered) assert.ok(Fraction.of(answer.bound).compare(truth.cost) <= 0, "a bound above the optimum");
		});
	}
	console.log(`rest rules: ${equal} of ${instances.length} equal to the integer program`);
	assert.ok(equal >= 0.95 * instances.length, `${equal} of ${instances.length} are the best`);
});

// ---- the checker -----------------------------------------------------------------------------------

test("the checker confirms every answer", async () => {
	const instances = [...seeds(part(0.1), 500).map((seed) => small(seed)), ...seeds(part(0.05), 500).map((seed) => smallRest(seed))];
	for (const [index, run] of (await each(instances, async (instance) => check(instance, await plan(instance)))).entries()) {
		assert.equal(run.code, 0, `instance ${index}: ${run.err}${run.out}`);
	}
});

test("the checker rejects every answer spoiled by one thing that matters", async () => {
	const chance = new Chance(77);
	const spoiled = [];
	const count = part(0.5);
	for (let seed = 20000; spoiled.length < count; seed++) {
		const instance = chance.happens(0.3) ? smallRest(seed) : small(seed);
		const answer = await plan(instance);
		for (const kind of chance.some(KINDS, 4)) {
			const made = spoil(instance, answer, chance, kind);
			if (made && spoiled.length < count) spoiled.push({ seed, instance, ...made });
		}
	}
	const runs = await each(spoiled, ({ instance, answer }) => check(instance, answer));
	const confirmed = spoiled.filter((_, index) => runs[index].code === 0).map(({ kind, seed }) => `${kind} of seed ${seed}`);
	assert.deepEqual(confirmed, []);
	for (const run of runs) assert.equal(run.code, 1, run.err);
	const kinds = new Set(spoiled.map(({ kind }) => kind));
	assert.deepEqual(KINDS.filter((kind) => !kinds.has(kind)), []);
});

// ---- replan ----------------------------------------------------------------------------------------

// Something happens on day `fromDay`: somebody drops out, somewhere more hands are wanted, or a slot comes up.
function disturbed(instance, fromDay, chance) {
	const changed = structuredClone(instance);
	const event = chance.pick(["out", "out", "need", "slot"]);
	const ahead = changed.slots.filter((slot) => slot.day >= fromDay);
	if (event === "out" || !ahead.length) {
		const courier = chance.pick(changed.couriers);
		for (let day = fromDay; day < changed.day_count; day++) courier.unavailable.push({ day });
	} else if (event === "need") {
		chance.pick(ahead).need++;
	} else {
		const day = chance.int(fromDay, changed.day_count - 1);
		changed.slots.push({ id: "extra", day, shift: changed.shifts[0].id, need: 1 });
	}
	return changed;
}

for (const prefer of ["changes", "evenness"]) {
	test(`replan, ${prefer} first: the past stays, the rest is as good as can be with as little change`, async () => {
		const chance = new Chance(prefer.length);
		const cases = await each(seeds(part(0.2), 5000), async (seed) => {
			const instance = small(seed, { days: 6, couriers: 3 + (seed % 8), weights: seed % 3 ? null : [1, 2], history: seed % 2 ? "whole" : null });
			return { seed, instance, previous: await plan(instance) };
		});
		for (const item of cases) {
			item.fromDay = chance.int(1, 4);
			item.changed = disturbed(item.instance, item.fromDay, chance);
		}
		const answers = await each(cases, ({ changed, previous, fromDay }) => replan(changed, previous, { fromDay, prefer }));
		for (const [index, { seed, changed, previous, fromDay }] of cases.entries()) {
			const [best] = await optima([changed], { replan: { fromDay, prefer, previous: previous.assignments } });
			const day = new Map(changed.slots.map((slot) => [slot.id, slot.day]));
			const past = (assignments) => keys(assignments.filter((a) => day.get(a.slot) < fromDay)).sort();
			const before = new Set(keys(previous.assignments));
			on(seed, () => {
				const answer = answers[index];
				assert.deepEqual(problemsOf(changed, answer), []);
				assert.deepEqual(past(answer.assignments), past(previous.assignments));
				assert.equal(answer.covered, best.covered);
				const changes = keys(answer.assignments).filter((a) => !before.has(a)).length;
				const [first, second] = [[changes, best.changes], [String(Fraction.of(answer.cost)), String(best.cost)]];
				assert.deepEqual({ changes: first[0], cost: second[0] }, { changes: first[1], cost: second[1] });
			});
		}
	});
}

// ---- points and wishes -------------------------------------------------------------------------------

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

test("wishes cost no evenness, and are heard where that is free", async () => {
	const instances = seeds(part(0.1), 800).map((seed) => small(seed, { wishes: true, couriers: 5 }));
	const deaf = instances.map((instance) => ({ ...instance, couriers: instance.couriers.map(({ wishes, ...courier }) => courier) }));
	const [answers, plain] = [await each(instances, plan), await each(deaf, plan)];
	const heard = (instance, answer) => instance.couriers.reduce((sum, courier) => sum + courier.wishes.reduce((n, wish) => {
		const has = answer.assignments.some((a) => a.slot === wish.slot && a.courier === courier.id);
		return n + (has ? (wish.want ? 1 : -1) : 0);
	}, 0), 0);
	let [before, after] = [0, 0];
	for (const [index, instance] of instances.entries()) {
		on(800 + index, () => {
			assert.deepEqual(problemsOf(instance, answers[index]), []);
			assert.equal(answers[index].covered, plain[index].covered);
			assert.ok(same(answers[index].cost, plain[index].cost));
		});
		before += heard(instance, plain[index]);
		after += heard(instance, answers[index]);
	}
	assert.ok(after > before, `wishes heard: ${after}, without wishes: ${before}`);
});
