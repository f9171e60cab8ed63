// tests/rota/bad_input.test.mjs -- bad input: exit 2, nothing on stdout, and stderr names the place.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { inFolder, plan, rota } from "./engine.mjs";

// Two couriers, two days, two shifts, every optional field in use.
function good() {
	return {
		first_day: "2026-12-01", day_count: 2, week_starts: "monday",
		shifts: [{ id: "m", start: "07:00", end: "15:00", points: 1 }, { id: "n", start: "23:00", end: "07:00" }],
		slots: [{ id: "d0m", day: 0, shift: "m", zone: "A", skill: "van", need: 1 }, { id: "d0n", day: 0, shift: "n", need: 1 },
			{ id: "d1m", day: 1, shift: "m", need: 1 }],
		couriers: [
			{ id: "c1", weight: 10, history: 0, cap_day: 1, cap_week: 5, cap_total: 2, zones: ["A"], skills: ["van"],
				unavailable: [{ day: 1, shift: "n" }], wishes: [{ slot: "d0m", want: true }] },
			{ id: "c2", unavailable: [{ day: 0, shift: "m" }], eligible: ["d0n", "d1m"] }],
		rules: { rest_hours: 11, max_days_in_row: 6 },
		fixed: [{ slot: "d0m", courier: "c1" }],
	};
}

const many = (count, make) => Array.from({ length: count }, (_, index) => make(index));

// What is done to the good one, and what stderr must name.
const CASES = {
	"a slot of an unknown shift": [(i) => (i.slots[1].shift = "x"), /d0n|slots\[1\]/],
	"a negative need": [(i) => (i.slots[2].need = -1), /d1m|slots\[2\]/],
	"a need that is no whole number": [(i) => (i.slots[2].need = 1.5), /d1m|slots\[2\]/],
	"a day outside the period": [(i) => (i.slots[2].day = 2), /d1m|slots\[2\]/],
	"a negative day": [(i) => (i.slots[2].day = -1), /d1m|slots\[2\]/],
	"two slots of one name": [(i) => (i.slots[1].id = "d0m"), /d0m|slots\[1\]/],
	"two couriers of one name": [(i) => (i.couriers[1].id = "c1"), /c1|couriers\[1\]/],
	"two shifts of one name": [(i) => (i.shifts[1].id = "m"), /"m"|shifts\[1\]/],
	"a clock that is none": [(i) => (i.shifts[1].end = "24:30"), /shifts\[1\]|"n"/],
	"a slot without a name": [(i) => delete i.slots[1].id, /slots\[1\]/],
	"a slot without a need": [(i) => delete i.slots[1].need, /d0n|slots\[1\]/],
	"a courier without a name": [(i) => delete i.couriers[1].id, /couriers\[1\]/],
	"a weight of zero": [(i) => (i.couriers[0].weight = 0), /c1|couriers\[0\]/],
	"a negative cap": [(i) => (i.couriers[0].cap_week = -1), /c1|couriers\[0\]/],
	"a history in words": [(i) => (i.couriers[0].history = "much"), /c1|couriers\[0\]/],
	"an unknown eligible slot": [(i) => i.couriers[1].eligible.push("d9m"), /d9m|couriers\[1\]/],
	"a day off outside the period": [(i) => i.couriers[1].unavailable.push({ day: 7 }), /c2|couriers\[1\]/],
	"a day off in an unknown shift": [(i) => i.couriers[1].unavailable.push({ day: 0, shift: "x" }), /c2|couriers\[1\]/],
	"a wish for an unknown slot": [(i) => (i.couriers[0].wishes[0].slot = "d9m"), /d9m|couriers\[0\]/],
	"a fixed assignment to a stranger": [(i) => (i.fixed[0].courier = "c9"), /c9|fixed\[0\]/],
	"a fixed assignment in an unknown slot": [(i) => (i.fixed[0].slot = "d9m"), /d9m|fixed\[0\]/],
	"a fixed assignment in a zone not his": [(i) => (i.couriers[0].zones = ["B"]), /d0m|fixed\[0\]/],
	"a fixed assignment without the skill": [(i) => (i.couriers[0].skills = []), /d0m|fixed\[0\]/],
	"a fixed assignment on a day off": [(i) => i.couriers[0].unavailable.push({ day: 0 }), /d0m|fixed\[0\]/],
	"a fixed assignment not in the list": [(i) => (i.couriers[0].eligible = ["d1m"]), /d0m|fixed\[0\]/],
	"a fixed assignment over the day's cap": [(i) => i.fixed.push({ slot: "d0n", courier: "c1" }), /d0n|d0m|fixed\[[01]\]/],
	"a fixed assignment over the whole cap": [(i) => (i.couriers[0].cap_total = 0), /d0m|fixed\[0\]/],
	"a fixed assignment over the week's cap": [(i) => (i.couriers[0].cap_week = 0), /d0m|fixed\[0\]/],
	"a fixed assignment twice": [(i) => i.fixed.push({ slot: "d0m", courier: "c1" }), /d0m|fixed\[1\]/],
	"more fixed than needed": [(i) => (i.slots[0].need = 0), /d0m|fixed\[0\]/],
	"negative rest": [(i) => (i.rules.rest_hours = -1), /rest_hours/],
	"no day in a row": [(i) => (i.rules.max_days_in_row = 0), /max_days_in_row/],
	"negative points": [(i) => (i.shifts[0].points = -1), /shifts\[0\]|"m"/],
	"a first day that is none": [(i) => (i.first_day = "2026-02-30"), /first_day/],
	"no days": [(i) => (i.day_count = 0), /day_count/],
	"a week that starts on no day": [(i) => (i.week_starts = "someday"), /week_starts/],
	"no slots at all": [(i) => delete i.slots, /slots/],
	"no couriers at all": [(i) => delete i.couriers, /couriers/],
	"couriers that are no list": [(i) => (i.couriers = {}), /couriers/],
	"a courier that is no object": [(i) => (i.couriers[1] = "c2"), /couriers\[1\]/],
	"more than 20,000 couriers": [(i) => (i.couriers = [...i.couriers, ...many(19999, (n) => ({ id: `x${n}` }))]), /couriers/],
	"more than 200,000 slots": [(i) => (i.slots = [...i.slots, ...many(199998, (n) => ({ id: `x${n}`, day: 0, shift: "m", need: 0 }))]), /slots/],
};

function refused(name, { code, out, err }, place) {
	assert.equal(code, 2, `${name}: exit ${code}\n${err}`);
	assert.equal(out, "", name);
	assert.match(err, place, name);
	assert.doesNotMatch(err, /Sanitizer|runtime error/, name);
}

test("the good one is taken", async () => {
	assert.equal((await plan(good())).covered, 3);
});

for (const [name, [harm, place]] of Object.entries(CASES)) {
	test(`refused: ${name}`, async () => {
		const instance = good();
		harm(instance);
		refused(name, await rota(["plan"], JSON.stringify(instance)), place);
	});
}

test("refused: what is no JSON, or another kind of JSON", async () => {
	const text = JSON.stringify(good());
	for (const bad of ["", "{", text.slice(0, -1), `${text}x`, "[]", "3", "null", text.replace('"need":1', '"need":1,"need":2')]) {
		refused(bad.slice(0, 40), await rota(["plan"], bad), /./);
	}
});

test("refused: a previous plan that is missing, broken or of something else; a day that is none; words it does not know", async () => {
	const text = JSON.stringify(good());
	await inFolder(async (dir) => {
		const file = join(dir, "previous.json");
		const run = (...args) => rota(["replan", ...args], text);
		refused("missing", await run("--from-day", "1", "--prefer", "changes", file), /previous\.json/);
		await writeFile(file, "{");
		refused("broken", await run("--from-day", "1", "--prefer", "changes", file), /previous\.json/);
		await writeFile(file, JSON.stringify({ assignments: [{ slot: "d0m", courier: "c7" }] }));
		refused("a stranger", await run("--from-day", "1", "--prefer", "changes", file), /c7|assignments\[0\]/);
		await writeFile(file, JSON.stringify(await plan(good())));
		refused("no day", await run("--from-day", "x", "--prefer", "changes", file), /from-day/);
		refused("no preference", await run("--from-day", "1", "--prefer", "luck", file), /prefer/);
		refused("no such thing", await rota(["guess"], text), /guess|usage/i);
	});
});
