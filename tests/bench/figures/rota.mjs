// tests/bench/figures/rota.mjs -- the even rota: beside cbc on the same linear program, by size, with rest rules, and replanned.
//
// Ours is what ecoctl itself says it took to build the network, solve and prove, beside what cbc says it took to solve; reading
// and writing files is left out on both sides and told in a row of its own.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Chance, NORMAL, REST, SCARCE, TIGHT, large, smallRest } from "../../rota/instances.mjs";
import { inFolder, plan, rota } from "../../rota/engine.mjs";
import { optima, timedOptimum } from "../../rota/oracle.mjs";
import { Fraction } from "../../rota/rules.mjs";
import { interleaved, median } from "../measure.mjs";

// Scarce: each courier can take a tenth of the slots.
const LOADS = { normal: NORMAL, tight: TIGHT, scarce: SCARCE };
const DROP_OUTS = 50, FROM_DAY = 15, SMALL = 200;

// {answer, times: {read, solve, check, write (ms), peak (MB)}, wall_s}
async function timed(args, text) {
	const began = performance.now();
	const { code, out, err } = await rota([...args, "--timing"], text);
	const wall_s = (performance.now() - began) / 1000;
	if (code !== 0) throw new Error(`rota ${args.join(" ")}: exit ${code}: ${err}`);
	const times = Object.fromEntries([...err.matchAll(/(\w+)_(?:us|kb)=(\d+)/g)].map(([, name, value]) => [name, Number(value) / 1000]));
	return { answer: out.startsWith("{") ? JSON.parse(out) : out, times, wall_s };
}

const solved_s = ({ times }) => times.solve / 1000;

// ---- beside cbc --------------------------------------------------------------------------------------

async function besideCbc(load, rounds, reach, aim) {
	const instance = large(LOADS[load]), text = JSON.stringify(instance);
	const { ours, cbc, barrier } = await interleaved(rounds, { ours: () => timed(["plan"], text), cbc: () => timedOptimum(instance),
		barrier: () => timedOptimum(instance, { solver: "cbc -barrier", read: false }) });
	const proven = (name, theirs, bounds) => ({ what: `rota, 1,000 couriers, ${load}, proven`, unit: "/s", ours: ours.map((run) => 1 / solved_s(run)),
		beside: { name, values: theirs.map((run) => 1 / run.seconds) }, ...bounds });
	for (const { answer } of ours) {
		const same = answer.covered === cbc[0].covered && Fraction.of(answer.cost).compare(cbc[0].cost) === 0;
		if (!same || answer.status !== "optimal") throw new Error(`${load}: ${answer.status} ${answer.cost}, cbc ${cbc[0].cost}`);
	}
	return [
		proven("cbc", cbc, { reach, aim }),
		proven("cbc -barrier", barrier, {}),
		{ what: `rota, 1,000 couriers, ${load}, with files`, unit: "s", ours: ours.map((run) => run.wall_s), less: true },
	];
}

// ---- by size -----------------------------------------------------------------------------------------

async function tenThousand(load, rounds, reach) {
	const instance = large({ ...LOADS[load], couriers: 10000 }), text = JSON.stringify(instance);
	const { ours } = await interleaved(rounds, { ours: () => timed(["plan"], text) });
	const checked = await inFolder(async (dir) => {
		await writeFile(join(dir, "in.json"), text);
		await writeFile(join(dir, "out.json"), JSON.stringify(ours[0].answer));
		return timed(["check", join(dir, "in.json"), join(dir, "out.json")]);
	});
	const row = (what, unit, values, bound) => ({ what: `rota, 10,000 couriers, ${load}, ${what}`, unit, ours: values, reach: bound, less: true });
	return [
		row("proven", "s", ours.map(solved_s), reach),
		row("with files", "s", ours.map((run) => run.wall_s)),
		row("peak memory", "MB", ours.map((run) => run.times.peak), 400),
		row("checked", "s", [checked.times.check / 1000]),
	];
}

// ---- rest rules --------------------------------------------------------------------------------------

async function withRest(load, reach) {
	const runs = [];
	for (const seed of [1, 2, 3]) runs.push(await timed(["plan"], JSON.stringify(large({ ...LOADS[load], seed, rules: REST }))));
	const missing = runs.map(({ answer }) => answer.demand - answer.covered);
	return [
		{ what: `rota, rest rules, ${load}, gap`, unit: "%", ours: runs.map(({ answer }) => answer.gap * 100), reach, less: true },
		{ what: `rota, rest rules, ${load}`, unit: "s", ours: runs.map(solved_s), reach: 5, less: true },
		{ what: `rota, rest rules, ${load}, uncovered`, unit: "places", ours: missing, less: true },
	];
}

async function restBesideTheTruth() {
	let equal = 0;
	for (let seed = 1; seed <= SMALL; seed++) {
		const instance = smallRest(seed);
		const [[best], answer] = [await optima([instance], { rest: true }), await plan(instance)];
		equal += answer.covered === best.covered && Fraction.of(answer.cost).compare(best.cost) === 0;
	}
	return [{ what: `rota, rest rules, ${SMALL} small ones equal to cbc's optimum`, unit: "%", ours: [(equal / SMALL) * 100], reach: 95 }];
}

// ---- replan ------------------------------------------------------------------------------------------

// Somebody drops out at mid-month: {lost, changed, ms}.
async function dropOut(dir, instance, previous, courier) {
	const changed = structuredClone(instance);
	for (let day = FROM_DAY; day < instance.day_count; day++) changed.couriers[courier].unavailable.push({ day });
	const args = ["replan", "--from-day", String(FROM_DAY), "--prefer", "changes", join(dir, "previous.json")];
	const { answer, times } = await timed(args, JSON.stringify(changed));
	const before = new Set(previous.assignments.map((a) => `${a.slot} ${a.courier}`));
	const now = new Set(answer.assignments.map((a) => `${a.slot} ${a.courier}`));
	const slotDay = new Map(instance.slots.map((slot) => [slot.id, slot.day]));
	const lost = previous.assignments.filter((a) => a.courier === instance.couriers[courier].id && slotDay.get(a.slot) >= FROM_DAY).length;
	return { lost, changed: [...now].filter((a) => !before.has(a)).length, ms: times.solve };
}

async function replanned(load, reach) {
	const instance = large(LOADS[load]), previous = await plan(instance), chance = new Chance(15);
	const runs = await inFolder(async (dir) => {
		await writeFile(join(dir, "previous.json"), JSON.stringify(previous));
		const found = [];
		for (let i = 0; i < DROP_OUTS; i++) found.push(await dropOut(dir, instance, previous, chance.int(0, instance.couriers.length - 1)));
		return found;
	});
	const sum = (field) => runs.reduce((all, run) => all + run[field], 0);
	return [
		{ what: `rota, a drop-out, ${load}, changes per lost shift`, unit: "", ours: [sum("changed") / sum("lost")], reach, less: true },
		{ what: `rota, a drop-out, ${load}, median`, unit: "ms", ours: [median(runs.map((run) => run.ms))], reach: 1, less: true },
	];
}

export async function figure({ rounds }) {
	const few = Math.min(rounds, 3);
	return [
		...await besideCbc("normal", few, 100, 200),
		...await besideCbc("tight", few, 20, 40),
		...await tenThousand("normal", few, 1.5),
		...await tenThousand("tight", few, 5),
		...await withRest("normal", 0.01),
		...await withRest("tight", 0.1),
		...await withRest("scarce", 0.5),
		...await restBesideTheTruth(),
		...await replanned("normal", 1),
		...await replanned("tight", 1.5),
	];
}
