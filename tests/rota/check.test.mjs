// tests/rota/check.test.mjs -- `ecoctl rota check` confirms what is right and rejects whatever is spoiled by one thing that matters.

import assert from "node:assert/strict";
import { test } from "node:test";
import { check, each, plan, replan } from "./engine.mjs";
import { Chance, small } from "./instances.mjs";
import { KINDS, spoil } from "./spoil.mjs";
import { part, seeds } from "./sample.mjs";

test("the checker confirms every answer", async () => {
	const instances = seeds(part(0.1), 500).map((seed) => small(seed));
	for (const [index, run] of (await each(instances, async (instance) => check(instance, await plan(instance)))).entries()) {
		assert.equal(run.code, 0, `instance ${index}: ${run.err}${run.out}`);
	}
});

test("the checker rejects every answer spoiled by one thing that matters", async () => {
	const chance = new Chance(77);
	const spoiled = [];
	const count = part(0.5);
	for (let seed = 20000; spoiled.length < count; seed++) {
		const instance = small(seed);
		const answer = await plan(instance);
		for (const kind of chance.some(KINDS, 4)) {
			const made = spoil(instance, answer, chance, kind);
			if (made && spoiled.length < count) spoiled.push({ seed, instance, ...made });
		}
	}
	const runs = await each(spoiled, ({ instance, answer }) => check(instance, answer));
	const confirmed = spoiled.filter((_, index) => runs[index].code === 0).map(({ kind, seed }) => `${kind} of seed ${seed}`);
	assert.deepEqual(confirmed, []);
	// 1: it is not so; 2: it speaks of what is not there.
	for (const [index, run] of runs.entries()) assert.equal(run.code, spoiled[index].kind === "stranger" ? 2 : 1, run.err);
	const kinds = new Set(spoiled.map(({ kind }) => kind));
	assert.deepEqual(KINDS.filter((kind) => !kinds.has(kind)), []);
});

test("the checker believes no bound of a proof that leaves slots out", async () => {
	const instance = {
		first_day: "2026-12-01", day_count: 1, shifts: [{ id: "m", start: "07:00", end: "15:00" }],
		slots: [{ id: "d0m", day: 0, shift: "m", need: 1 }], couriers: [{ id: "c1", history: -3 }],
	};
	const answer = await plan(instance);
	assert.equal(answer.cost, "4/1");
	const { code, err } = await check(instance, { ...answer, status: "gap", bound: "9/1", gap: -5 / 9, proof: { sets: [] } });
	assert.equal(code, 1);
	assert.match(err, /d0m/);
});

test("the checker takes a past as given only in words, or from the day and the rota that it was told", async () => {
	const chance = new Chance(79);
	let lessEven = 0, replanned = 0;
	for (let seed = 30000; replanned < part(0.1); seed++) {
		const instance = small(seed, { days: 6, couriers: 6 });
		const previous = await plan(instance), fromDay = 3;
		const knownTo = async (answer, before, ...args) => (await check(instance, answer, { previous: before, args })).code;
		// A rota that is not the best says that all of it was given.
		const moved = spoil(instance, previous, chance, "worse");
		if (moved && moved.answer.assignments.length === previous.assignments.length) {
			const sets = { sets: [], from_day: instance.day_count };
			const answer = { ...moved.answer, status: "optimal", bound: moved.answer.cost, gap: 0, proof: sets };
			const believed = await check(instance, answer);
			if (believed.code === 0) {
				lessEven++;
				assert.match(believed.out, /^optimal from day 6 on, what is before it taken as given: /);
			}
			assert.equal(await knownTo(answer, undefined, "--from-day", "0"), 1);
		}
		assert.equal(await knownTo(previous, undefined, "--from-day", "0"), 0);
		const next = await replan(instance, previous, { fromDay, prefer: "changes" });
		const told = ["--from-day", String(fromDay)];
		assert.equal(await knownTo(next, previous, ...told), 0);
		assert.equal(await knownTo(next, previous, "--from-day", "2"), 1);
		if (!next.assignments.length) continue;
		const other = { ...previous, assignments: without(previous.assignments, chance.pick(previous.assignments)) };
		assert.equal(await knownTo(next, other, ...told), 1);
		const [first] = next.assignments;
		assert.equal(await knownTo({ ...next, changes: [{ change: "added", ...first }] }, previous, ...told), 1);
		replanned++;
	}
	assert.ok(lessEven > replanned / 10, `${lessEven} rotas made believe`);
});

const without = (list, gone) => list.filter((item) => item !== gone);
