// tests/rota/rules.mjs -- the rules of a rota read a second time, in JavaScript, so that the engine is not its own witness.
//
//   const model = modelOf(instance);            // who may take what
//   const found = problemsOf(instance, answer); // [] or what is wrong with it, in words
//   const cost = costOf(instance, loads);       // exact: a Fraction

// ---- exact fractions ---------------------------------------------------------------------------------

const gcd = (a, b) => (b === 0n ? (a < 0n ? -a : a) : gcd(b, a % b));

export class Fraction {
	constructor(p, q = 1n) {
		const divisor = gcd(p, q) || 1n;
		const sign = q < 0n ? -1n : 1n;
		this.p = (sign * p) / divisor;
		this.q = (sign * q) / divisor;
	}
	// "p/q", "p" or a decimal number.
	static of(text) {
		const [p, q = "1"] = String(text).split("/");
		const [whole, part = ""] = p.split(".");
		return new Fraction(BigInt(whole + part), BigInt(q) * 10n ** BigInt(part.length));
	}
	plus(other) {
		return new Fraction(this.p * other.q + other.p * this.q, this.q * other.q);
	}
	times(other) {
		return new Fraction(this.p * other.p, this.q * other.q);
	}
	minus(other) {
		return new Fraction(this.p * other.q - other.p * this.q, this.q * other.q);
	}
	compare(other) {
		const difference = this.p * other.q - other.p * this.q;
		return difference < 0n ? -1 : difference > 0n ? 1 : 0;
	}
	valueOf() {
		return Number(this.p) / Number(this.q);
	}
	toString() {
		return `${this.p}/${this.q}`;
	}
}

export function lcmOf(numbers) {
	return Number(numbers.reduce((whole, n) => (whole * BigInt(n)) / gcd(whole, BigInt(n)), 1n));
}

// ---- the model ---------------------------------------------------------------------------------------

const minutes = (clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

// The number of the week that a day lies in, by the calendar.
function weekOf(instance, day) {
	const weekday = new Date(`${instance.first_day}T00:00:00Z`).getUTCDay();
	const start = WEEKDAYS.indexOf(instance.week_starts ?? "monday");
	return Math.floor((((weekday - start + 7) % 7) + day) / 7);
}

// When a slot begins and ends, in minutes since midnight of the first day.
export function spanOf(shift, day) {
	const start = minutes(shift.start);
	const end = minutes(shift.end);
	return { start: day * 1440 + start, end: day * 1440 + end + (end <= start ? 1440 : 0), points: shift.points ?? 1 };
}

function mayTake(courier, slot) {
	if (courier.eligible && !courier.eligible.includes(slot.id)) return false;
	if (slot.zone && courier.zones && !courier.zones.includes(slot.zone)) return false;
	if (slot.skill && !(courier.skills ?? []).includes(slot.skill)) return false;
	return true;
}

// {slots, couriers: [{..., can: [slot index]}]}; slots know their week and their minutes.
export function modelOf(instance) {
	const shifts = new Map(instance.shifts.map((shift) => [shift.id, shift]));
	const slots = instance.slots.map((slot, index) => ({
		...slot,
		index,
		week: weekOf(instance, slot.day),
		...spanOf(shifts.get(slot.shift), slot.day),
	}));
	const couriers = instance.couriers.map((courier, index) => {
		const away = new Set((courier.unavailable ?? []).map((entry) => `${entry.day}/${entry.shift ?? ""}`));
		const free = (slot) => !away.has(`${slot.day}/`) && !away.has(`${slot.day}/${slot.shift}`);
		return {
			id: courier.id,
			index,
			weight: courier.weight ?? 1,
			history: courier.history ?? 0,
			capDay: courier.cap_day ?? 1,
			capWeek: courier.cap_week ?? Infinity,
			capTotal: courier.cap_total ?? Infinity,
			can: slots.filter((slot) => free(slot) && mayTake(courier, slot)).map((slot) => slot.index),
		};
	});
	return { slots, couriers, rules: instance.rules ?? {} };
}

// Whether one person cannot work both, for want of rest or because they overlap.
export function clash(first, second, restHours) {
	const [early, late] = first.start <= second.start ? [first, second] : [second, first];
	return late.start < early.end + restHours * 60;
}

// ---- judging an answer ---------------------------------------------------------------------------------

export function costOf(model, loads) {
	let cost = new Fraction(0n);
	for (const courier of model.couriers) {
		const sum = Fraction.of(courier.history).plus(Fraction.of(loads[courier.index]));
		cost = cost.plus(sum.times(sum).times(new Fraction(1n, BigInt(courier.weight))));
	}
	return cost;
}

const countBy = (list, key) => list.reduce((counts, item) => counts.set(key(item), (counts.get(key(item)) ?? 0) + 1), new Map());

function restProblems(courier, taken, rules) {
	const found = [];
	for (let i = 0; i < taken.length; i++) {
		for (let j = 0; j < i; j++) {
			if (clash(taken[i], taken[j], rules.rest_hours ?? 0)) found.push(`${courier.id}: no rest between ${taken[j].id} and ${taken[i].id}`);
		}
	}
	const days = new Set(taken.map((slot) => slot.day));
	const most = rules.max_days_in_row ?? Infinity;
	for (const day of days) {
		let run = 0;
		while (days.has(day + run)) run++;
		if (run > most) found.push(`${courier.id}: ${run} days in a row from day ${day}`);
	}
	return found;
}

function courierProblems(courier, taken, rules) {
	const found = [];
	const can = new Set(courier.can);
	for (const slot of taken) if (!can.has(slot.index)) found.push(`${courier.id} must not take ${slot.id}`);
	if (new Set(taken).size !== taken.length) found.push(`${courier.id} has a slot twice`);
	for (const [day, n] of countBy(taken, (slot) => slot.day)) if (n > courier.capDay) found.push(`${courier.id}: ${n} on day ${day}`);
	for (const [week, n] of countBy(taken, (slot) => slot.week)) if (n > courier.capWeek) found.push(`${courier.id}: ${n} in week ${week}`);
	if (taken.length > courier.capTotal) found.push(`${courier.id}: ${taken.length} in all`);
	return [...found, ...restProblems(courier, taken, rules)];
}

// The slots of each courier and the people of each slot, by index.
export function takenBy(model, assignments) {
	const slotIndex = new Map(model.slots.map((slot) => [slot.id, slot]));
	const courierIndex = new Map(model.couriers.map((courier) => [courier.id, courier]));
	const taken = model.couriers.map(() => []);
	for (const { slot, courier } of assignments) {
		if (!slotIndex.has(slot) || !courierIndex.has(courier)) throw new Error(`unknown assignment ${slot} ${courier}`);
		taken[courierIndex.get(courier).index].push(slotIndex.get(slot));
	}
	return taken;
}

export const loadsOf = (taken) => taken.map((slots) => slots.reduce((sum, slot) => sum + slot.points, 0));

// What is wrong with an answer of `ecoctl rota plan`: hard rules and the sums it states. Not whether it is the best.
export function problemsOf(instance, answer) {
	const model = modelOf(instance);
	const taken = takenBy(model, answer.assignments);
	const found = model.couriers.flatMap((courier) => courierProblems(courier, taken[courier.index], model.rules));
	const filled = countBy(answer.assignments, (a) => a.slot);
	const missing = new Map(answer.uncovered.map((entry) => [entry.slot, entry.missing]));
	for (const slot of model.slots) {
		const short = slot.need - (filled.get(slot.id) ?? 0);
		if (short < 0) found.push(`${slot.id} has ${-short} too many`);
		if ((missing.get(slot.id) ?? 0) !== Math.max(short, 0)) found.push(`${slot.id}: ${short} missing, it says ${missing.get(slot.id)}`);
	}
	const demand = model.slots.reduce((sum, slot) => sum + slot.need, 0);
	if (answer.demand !== demand) found.push(`demand ${answer.demand}, not ${demand}`);
	if (answer.covered !== answer.assignments.length) found.push(`covered ${answer.covered}, not ${answer.assignments.length}`);
	const loads = loadsOf(taken);
	for (const [index, courier] of model.couriers.entries()) {
		const said = answer.couriers[index];
		if (said.id !== courier.id || said.load !== loads[index]) found.push(`${courier.id}: load ${loads[index]}, it says ${said.id} ${said.load}`);
	}
	const cost = costOf(model, loads);
	if (Fraction.of(answer.cost).compare(cost) !== 0) found.push(`cost ${cost}, it says ${answer.cost}`);
	const fixed = new Set(answer.assignments.map((a) => `${a.slot} ${a.courier}`));
	for (const entry of instance.fixed ?? []) if (!fixed.has(`${entry.slot} ${entry.courier}`)) found.push(`${entry.slot} ${entry.courier} was fixed`);
	return found;
}
