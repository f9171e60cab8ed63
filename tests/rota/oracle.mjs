// tests/rota/oracle.mjs -- the best rota as cbc or glpsol find it, to compare the engine's with.
//
//   const [best] = await optima([instance]);             // the core: {covered, cost, loads, assignments}
//   const [best] = await optima([instance], {rest: true}); // with rest rules, as an integer program
//   const [best] = await optima([instance], {replan: {fromDay, prefer, previous}}); // previous: assignments
//   const [best] = await optima([instance], {wishes: true}); // of the best, the one that hears most wishes
//
// A courier's k-th shift costs (2(h+k)-1)/w, and one left open more than any exchange could save. The matrix of the core is
// totally unimodular, so that its linear program has whole solutions. Many instances make one program: they share no row.

import { Program } from "./program.mjs";
import { clash, costOf, lcmOf, modelOf } from "./rules.mjs";

const groupBy = (list, key) => list.reduce((groups, item) => groups.set(key(item), [...(groups.get(key(item)) ?? []), item]), new Map());

// ---- one instance's rows and columns ------------------------------------------------------------------

// What a unit of evenness, a new assignment and a shift left open cost. In a flow no exchange changes more than two loads by
// one each, nor passes a slot twice: that tells how far apart the three must be. An integer program gets the sum of everything.
function pricesOf(model, segments, { whole, replan, wishes }) {
	const worst = segments.flat().reduce((most, cost) => Math.max(most, Math.abs(cost)), 1);
	const spread = 2 * worst + 1;
	if (whole) return { even: 1, change: 0, open: 2 * segments.flat().reduce((sum, cost) => sum + Math.abs(cost), 0) + 1 };
	if (!replan && !wishes) return { even: 1, change: 0, open: spread };
	const slots = model.slots.length + 1;
	if (wishes) return { even: 4 * slots, change: 0, open: 4 * slots * spread + 4 * slots };
	if (replan.prefer === "changes") return { even: 1, change: spread, open: spread * (slots + 1) };
	return { even: 2 * slots, change: 1, open: 2 * slots * spread + slots };
}

class Block {
	constructor(program, instance, { rest = false, points = false, whole = rest || points, replan, wishes = false } = {}) {
		Object.assign(this, { program, instance, whole, rest, replan, model: modelOf(instance) });
		const { slots, couriers } = this.model;
		const thousand = couriers.every((courier) => Number.isInteger(courier.history)) ? 1 : 1000;
		const scale = lcmOf(couriers.map((courier) => courier.weight)) * thousand;
		this.segments = couriers.map((courier) => this.segmentsOf(courier, scale));
		this.prices = pricesOf(this.model, this.segments, { whole, replan, wishes });
		this.wishes = new Map(instance.couriers.flatMap((courier) =>
			((wishes && courier.wishes) || []).map((wish) => [`${wish.slot} ${courier.id}`, wish.want ? 1 : -1])));
		this.forced = new Set((instance.fixed ?? []).map((entry) => `${entry.slot} ${entry.courier}`));
		this.before = new Set((replan?.previous ?? []).map((entry) => `${entry.slot} ${entry.courier}`));
		this.cover = slots.map((slot) => program.row("E", slot.need));
		this.cover.forEach((row) => program.column(this.prices.open, Infinity, [[row, 1]]));
		this.edges = [];
		for (const courier of couriers) this.addCourier(courier);
	}

	// The past is what it was: nothing else is possible, nothing less either.
	isPast(slot) {
		return this.replan !== undefined && slot.day < this.replan.fromDay;
	}

	segmentsOf(courier, scale) {
		const most = Math.min(courier.can.length, courier.capTotal);
		const slots = courier.can.map((index) => this.model.slots[index].points).sort((a, b) => b - a);
		const units = slots.slice(0, most).reduce((sum, points) => sum + points, 0);
		return Array.from({ length: units }, (_, k) => Math.round((scale / courier.weight) * (2 * (courier.history + k + 1) - 1)));
	}

	addCourier(courier) {
		const { program, model } = this;
		const was = (slot) => this.before.has(`${slot.id} ${courier.id}`);
		const slots = courier.can.map((index) => model.slots[index]).filter((slot) => !this.isPast(slot) || was(slot));
		const rows = new Map(slots.map((slot) => [slot, [[this.cover[slot.index], 1]]]));
		// At most `most` of `group`, told only where it can bind.
		const limit = (group, most) => {
			if (group.length <= most) return;
			const row = program.row("L", most);
			for (const slot of group) rows.get(slot).push([row, 1]);
		};
		for (const group of groupBy(slots, (slot) => slot.day).values()) limit(group, courier.capDay);
		for (const group of groupBy(slots, (slot) => slot.week).values()) limit(group, courier.capWeek);
		limit(slots, courier.capTotal);
		if (this.rest) this.addRest(slots, rows, limit);
		const load = program.row("E", 0);
		for (const slot of slots) {
			rows.get(slot).push([load, slot.points]);
			if (this.isPast(slot) || this.forced.has(`${slot.id} ${courier.id}`)) rows.get(slot).push([program.row("E", 1), 1]);
			const cost = (was(slot) ? 0 : this.prices.change) - (this.wishes.get(`${slot.id} ${courier.id}`) ?? 0);
			this.edges.push({ slot, courier, column: program.column(cost, 1, rows.get(slot), this.whole) });
		}
		for (const cost of this.segments[courier.index]) program.column(cost * this.prices.even, 1, [[load, -1]]);
	}

	addRest(slots, rows, limit) {
		const { program, model } = this;
		const hours = model.rules.rest_hours ?? 0;
		for (let i = 0; i < slots.length; i++) {
			for (let j = 0; j < i; j++) if (clash(slots[i], slots[j], hours)) limit([slots[i], slots[j]], 1);
		}
		const most = model.rules.max_days_in_row;
		if (most === undefined) return;
		// z = 1 on a day with work; no most + 1 of them in a row.
		const days = groupBy(slots, (slot) => slot.day);
		const entries = new Map([...days.keys()].map((day) => [day, []]));
		for (const [day, group] of days) {
			for (const slot of group) {
				const row = program.row("L", 0);
				rows.get(slot).push([row, 1]);
				entries.get(day).push([row, -1]);
			}
		}
		for (const first of days.keys()) {
			const window = Array.from({ length: most + 1 }, (_, k) => first + k);
			if (!window.every((day) => days.has(day))) continue;
			const row = program.row("L", most);
			for (const day of window) entries.get(day).push([row, 1]);
		}
		for (const list of entries.values()) program.column(0, 1, list, true);
	}

	read(values) {
		const taken = this.edges.filter((edge) => values[edge.column] > 0.5);
		for (const edge of this.edges) {
			const value = values[edge.column];
			if (Math.abs(value - Math.round(value)) > 1e-6) throw new Error(`${edge.slot.id} ${edge.courier.id}: ${value} is not whole`);
		}
		const loads = this.model.couriers.map(() => 0);
		for (const edge of taken) loads[edge.courier.index] += edge.slot.points;
		const assignments = taken.map((edge) => ({ slot: edge.slot.id, courier: edge.courier.id }));
		const changes = assignments.filter((entry) => !this.before.has(`${entry.slot} ${entry.courier}`)).length;
		return { covered: taken.length, cost: costOf(this.model, loads), loads, assignments, changes };
	}
}

// ---- what tests call --------------------------------------------------------------------------------------

// The optimum of each instance. pack: how many make one program.
export async function optima(instances, { solver = "cbc", pack = 100, ...options } = {}) {
	const found = [];
	for (let first = 0; first < instances.length; first += pack) {
		const program = new Program();
		const blocks = instances.slice(first, first + pack).map((instance) => new Block(program, instance, options));
		const { values } = await program.solve(solver);
		for (const block of blocks) found.push(block.read(values));
	}
	return found;
}

// One instance alone, with the solver's own seconds. read: false where the solver ends between corners, at the optimum all the same.
export async function timedOptimum(instance, { solver = "cbc", read = true, ...options } = {}) {
	const program = new Program();
	const block = new Block(program, instance, options);
	const { values, seconds } = await program.solve(solver);
	return { ...(read && block.read(values)), seconds, columns: program.columns.length, rows: program.rows.length };
}
