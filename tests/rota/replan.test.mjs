// tests/rota/replan.test.mjs -- `ecoctl rota replan` against the oracle: the past frozen, the rest best in the order asked for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { each, plan, replan } from "./engine.mjs";
import { Chance, small } from "./instances.mjs";
import { optima } from "./oracle.mjs";
import { Fraction, problemsOf } from "./rules.mjs";
import { keys, on, part, seeds } from "./sample.mjs";

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
