// tests/rota/spoil.mjs -- spoils a good answer by one thing that matters and keeps its books in order, so that only someone who
// looks at the rules and the proof can tell.
//
//   const spoiled = spoil(instance, answer, chance);   // {kind, answer}, or undefined: nothing of that kind was there to spoil

import { Fraction, costOf, loadsOf, modelOf, problemsOf, takenBy } from "./rules.mjs";

// The sums an honest bookkeeper would state of these assignments. The proof, the bound and the status stay.
function withBooks(instance, answer, assignments) {
	const model = modelOf(instance);
	const taken = takenBy(model, assignments);
	const loads = loadsOf(taken);
	const filled = (slot) => assignments.filter((a) => a.slot === slot.id).length;
	const couriers = answer.couriers.map((person, index) => {
		const before = loadsOf([takenBy(model, answer.assignments)[index]])[0];
		const hours = taken[index].reduce((sum, slot) => sum + (slot.end - slot.start) / 60, 0);
		const after = typeof person.history_after === "number" ? person.history_after + loads[index] - before : person.history_after;
		return { ...person, load: taken[index].length, hours, history_after: after };
	});
	return {
		...answer,
		covered: assignments.length,
		cost: String(costOf(model, loads)),
		assignments,
		uncovered: model.slots.map((slot) => ({ slot: slot.id, missing: slot.need - filled(slot) })).filter((entry) => entry.missing > 0),
		couriers,
	};
}

const key = (a) => `${a.slot} ${a.courier}`;
const without = (assignments, gone) => assignments.filter((a) => a !== gone);
const inOrder = (instance, assignments) => {
	const slot = new Map(instance.slots.map((s, index) => [s.id, index]));
	const courier = new Map(instance.couriers.map((c, index) => [c.id, index]));
	return [...assignments].sort((a, b) => slot.get(a.slot) - slot.get(b.slot) || courier.get(a.courier) - courier.get(b.courier));
};

// Every way to give one assignment to somebody else.
function moves(instance, answer, chance) {
	const has = new Set(answer.assignments.map(key));
	return chance.some(answer.assignments, 12).flatMap((from) =>
		instance.couriers.filter((courier) => !has.has(`${from.slot} ${courier.id}`)).map((courier) =>
			inOrder(instance, [...without(answer.assignments, from), { slot: from.slot, courier: courier.id }])));
}

const SPOILERS = {
	remove(instance, answer, chance) {
		if (!answer.assignments.length) return undefined;
		return withBooks(instance, answer, without(answer.assignments, chance.pick(answer.assignments)));
	},
	worse(instance, answer, chance) {
		const found = moves(instance, answer, chance).map((list) => withBooks(instance, answer, list)).filter((moved) =>
			Fraction.of(moved.cost).compare(Fraction.of(answer.cost)) > 0 && problemsOf(instance, moved).length === 0);
		return found.length ? chance.pick(found) : undefined;
	},
	worseSaidBest(instance, answer, chance) {
		const moved = SPOILERS.worse(instance, answer, chance);
		return moved && answer.status === "optimal" ? { ...moved, bound: moved.cost } : undefined;
	},
	ruleBroken(instance, answer, chance) {
		const found = moves(instance, answer, chance).map((list) => withBooks(instance, answer, list)).filter((moved) =>
			problemsOf(instance, moved).length > 0);
		return found.length ? chance.pick(found) : undefined;
	},
	twice(instance, answer, chance) {
		if (!answer.assignments.length) return undefined;
		const again = chance.pick(answer.assignments);
		return withBooks(instance, answer, inOrder(instance, [...answer.assignments, { ...again }]));
	},
	tooMany(instance, answer, chance) {
		const has = new Set(answer.assignments.map(key));
		const full = answer.assignments.filter((a) => !answer.uncovered.some((entry) => entry.slot === a.slot));
		if (!full.length) return undefined;
		const { slot } = chance.pick(full);
		const spare = instance.couriers.filter((courier) => !has.has(`${slot} ${courier.id}`));
		if (!spare.length) return undefined;
		return withBooks(instance, answer, inOrder(instance, [...answer.assignments, { slot, courier: chance.pick(spare).id }]));
	},
	load(instance, answer, chance) {
		const couriers = structuredClone(answer.couriers);
		const person = chance.pick(couriers);
		person.load += person.load > 0 ? chance.pick([-1, 1]) : 1;
		return { ...answer, couriers };
	},
	cost(instance, answer, chance) {
		const cost = Fraction.of(answer.cost).plus(Fraction.of(chance.pick([-1, 1])));
		return { ...answer, cost: String(cost), bound: answer.status === "optimal" ? String(cost) : answer.bound };
	},
	bound(instance, answer) {
		return { ...answer, bound: String(Fraction.of(answer.bound).plus(Fraction.of(1))) };
	},
	covered(instance, answer, chance) {
		return { ...answer, covered: answer.covered + (answer.covered > 0 ? chance.pick([-1, 1]) : 1) };
	},
	uncovered(instance, answer, chance) {
		if (!answer.uncovered.length) return undefined;
		return { ...answer, uncovered: without(answer.uncovered, chance.pick(answer.uncovered)) };
	},
	stranger(instance, answer, chance) {
		if (!answer.assignments.length) return undefined;
		const assignments = structuredClone(answer.assignments);
		chance.pick(assignments)[chance.pick(["slot", "courier"])] = "nobody";
		return { ...answer, assignments };
	},
};

export const KINDS = Object.keys(SPOILERS);

export function spoil(instance, answer, chance, kind = chance.pick(KINDS)) {
	const spoiled = SPOILERS[kind](instance, answer, chance);
	return spoiled && { kind, answer: spoiled };
}
