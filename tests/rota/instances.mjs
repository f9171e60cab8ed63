// tests/rota/instances.mjs -- seeded instances of the rota in ecoctl's JSON format, from one courier to 10,000.
//
// The same seed gives the same instance on every machine: nothing here reads the clock or Math.random.

// ---- chance with a seed (mulberry32) ---------------------------------------------------------------

export class Chance {
	constructor(seed) {
		this.state = (seed * 2654435761 + 12345) >>> 0;
	}
	// In [0, 1).
	unit() {
		this.state = (this.state + 0x6d2b79f5) >>> 0;
		let t = this.state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	}
	// From low to high, both possible.
	int(low, high) {
		return low + Math.floor(this.unit() * (high - low + 1));
	}
	happens(probability) {
		return this.unit() < probability;
	}
	pick(list) {
		return list[this.int(0, list.length - 1)];
	}
	// `count` different members in their order, all of them if there are fewer.
	some(list, count) {
		const left = [...list];
		while (left.length > count) left.splice(this.int(0, left.length - 1), 1);
		return left;
	}
}

// ---- small ones: every feature, in every company -----------------------------------------------------

const SHIFTS = [
	{ id: "m", start: "07:00", end: "15:00" },
	{ id: "e", start: "15:00", end: "23:00" },
	{ id: "n", start: "23:00", end: "07:00" },
];
const FIRST_DAYS = ["2026-12-01", "2026-11-30", "2027-01-03", "2028-02-27"];

function slotsOf(chance, traits) {
	const slots = [];
	for (let day = 0; day < traits.days; day++) {
		for (const shift of traits.shifts) {
			if (chance.happens(traits.idle)) continue;
			const zone = chance.pick(traits.zones);
			const slot = { id: `d${day}${shift.id}`, day, shift: shift.id, need: chance.int(traits.needLow, traits.needHigh) };
			if (zone) slot.zone = zone;
			if (traits.skills.length && chance.happens(0.4)) slot.skill = chance.pick(traits.skills);
			slots.push(slot);
			// The same in all but its name: two depots ask for the same thing.
			if (traits.twins && chance.happens(0.2)) slots.push({ ...slot, id: `${slot.id}b` });
		}
	}
	return slots;
}

function unavailableOf(chance, traits, availability) {
	const entries = [];
	for (let day = 0; day < traits.days; day++) {
		if (chance.happens(0.1)) {
			entries.push({ day });
			continue;
		}
		for (const shift of traits.shifts) if (!chance.happens(availability)) entries.push({ day, shift: shift.id });
	}
	return entries;
}

function courierOf(chance, traits, index, slots) {
	const courier = { id: `c${index + 1}` };
	if (traits.weights) courier.weight = chance.pick(traits.weights);
	if (traits.history) courier.history = traits.history === "parts" ? chance.int(-3000, 6000) / 1000 : chance.int(-3, 6);
	courier.cap_day = traits.capDay;
	courier.cap_week = chance.int(1, 7);
	courier.cap_total = chance.happens(0.05) ? 0 : chance.int(1, traits.days + 2);
	if (traits.zones[0]) courier.zones = chance.some(traits.zones, chance.int(1, traits.zones.length));
	if (traits.skills.length) courier.skills = chance.some(traits.skills, chance.int(0, traits.skills.length));
	const availability = chance.happens(0.08) ? 0 : traits.availability;
	courier.unavailable = unavailableOf(chance, traits, availability);
	if (chance.happens(traits.eligible)) courier.eligible = slots.filter(() => chance.happens(0.5)).map((slot) => slot.id);
	if (traits.wishes) {
		courier.wishes = slots.filter(() => chance.happens(0.2)).map((slot) => ({ slot: slot.id, want: chance.happens(0.5) }));
	}
	return courier;
}

// What differs from instance to instance.
function traitsOf(chance, more) {
	const zones = chance.pick([[null], [null], ["A", "B"], ["A", "B", "C"]]);
	const needHigh = chance.pick([1, 1, 2, 3]);
	return {
		days: chance.int(1, 9),
		shifts: SHIFTS.slice(0, chance.int(1, 3)),
		zones,
		skills: chance.pick([[], [], ["van"], ["van", "bike"]]),
		needLow: chance.int(0, 1),
		needHigh,
		idle: chance.pick([0, 0.2, 0.5]),
		twins: chance.happens(0.3),
		couriers: chance.int(1, 14),
		availability: chance.pick([0.1, 0.3, 0.6, 0.6, 0.9, 1]),
		weights: chance.pick([null, null, [1, 2], [1, 2, 3, 4, 5], [5, 8, 10], [3, 7, 11]]),
		history: chance.pick([null, null, "whole", "whole", "parts"]),
		capDay: 1,
		eligible: chance.pick([0, 0, 0.3]),
		wishes: false,
		...more,
	};
}

// One instance of a handful of couriers. `more` overrides traits.
export function small(seed, more = {}) {
	const chance = new Chance(seed);
	const traits = traitsOf(chance, more);
	const slots = slotsOf(chance, traits);
	const couriers = Array.from({ length: traits.couriers }, (_, index) => courierOf(chance, traits, index, slots));
	// Two couriers alike in all but the name show that ties have a rule.
	if (couriers.length > 1 && chance.happens(0.2)) couriers[1] = { ...structuredClone(couriers[0]), id: "c2" };
	return { first_day: chance.pick(FIRST_DAYS), day_count: traits.days, week_starts: "monday", shifts: traits.shifts, slots, couriers };
}

// With rest rules: several days, and night before morning within reach.
export function smallRest(seed) {
	const chance = new Chance(seed + 700000);
	const instance = small(seed, {
		days: chance.int(4, 9),
		shifts: SHIFTS,
		couriers: chance.int(3, 7),
		needLow: 0,
		needHigh: chance.int(1, 2),
		availability: chance.pick([0.4, 0.6, 0.8]),
	});
	instance.rules = { rest_hours: 11, max_days_in_row: chance.int(2, 5) };
	return instance;
}

// Without rest rules, but with shifts and slots at one time, and couriers who may work twice a day.
export function smallCrowded(seed) {
	const chance = new Chance(seed + 800000);
	const shifts = [
		{ id: "m", start: "06:00", end: "14:00" },
		{ id: "d", start: "12:00", end: "18:00" },
		{ id: "n", start: "20:00", end: "07:00" },
	];
	return small(seed, { days: chance.int(2, 6), shifts, couriers: chance.int(3, 7), capDay: chance.int(1, 3), twins: chance.happens(0.5),
		availability: chance.pick([0.4, 0.6, 0.8]) });
}

// ---- large ones: what a city has ---------------------------------------------------------------------

// `daily` of the couriers are needed each day, spread over three shifts; each courier can take `availability` of the slots.
export function large({ seed = 1, couriers = 1000, days = 31, daily = 0.5, availability = 0.6, rules } = {}) {
	const chance = new Chance(seed);
	const slots = [];
	for (let day = 0; day < days; day++) {
		for (const [index, shift] of SHIFTS.entries()) {
			const need = Math.floor((couriers * daily * (index + 1)) / 3) - Math.floor((couriers * daily * index) / 3);
			slots.push({ id: `d${day}${shift.id}`, day, shift: shift.id, need });
		}
	}
	const people = [];
	for (let index = 0; index < couriers; index++) {
		const unavailable = [];
		for (const slot of slots) {
			if (!chance.happens(availability)) unavailable.push({ day: slot.day, shift: slot.shift });
		}
		const weight = chance.pick([10, 10, 10, 8, 5]);
		people.push({ id: `c${index + 1}`, weight, history: chance.int(-2, 2), cap_day: 1, cap_week: 6, cap_total: 26, unavailable });
	}
	const instance = { first_day: "2026-12-01", day_count: days, week_starts: "monday", shifts: SHIFTS, slots, couriers: people };
	return rules ? { ...instance, rules } : instance;
}

export const NORMAL = { daily: 0.45, availability: 0.6 };
export const TIGHT = { daily: 0.7, availability: 0.6 };
export const SCARCE = { daily: 0.15, availability: 0.1 };
export const REST = { rest_hours: 11, max_days_in_row: 6 };
