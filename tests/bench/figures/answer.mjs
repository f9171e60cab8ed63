// tests/bench/figures/answer.mjs -- an operator's answer: authenticated, validated, committed, event and task told. Delivery is paused:
// no worker runs.

import { withDesk } from "../desk.mjs";
import { interleaved, sleep, wrk } from "../measure.mjs";
import { withFastApi, withRedis, withRichFloor } from "../peers.mjs";

const APPEALS = 10000;
const TEXT = "x".repeat(155);

const post = (url, { before, after, body, token, tolerant }) => (connections, seconds) => wrk(url, { connections, seconds, tolerant,
	script: "post.lua", env: { PATH_BEFORE: before, PATH_AFTER: after, APPEALS: String(APPEALS), BODY: JSON.stringify(body), ...(token && { TOKEN: token }) } });

const oursOn = (desk, token) => post(desk.url, { before: "/api/v1/appeals/", after: "/messages", body: { text: TEXT }, token });
const theirsAt = (url, tolerant) => post(url, { before: "/appeals/", after: "/messages", body: { author: "operator-12", body: TEXT }, tolerant });

export async function figure({ rounds, peers }) {
	return withDesk({ appeals: APPEALS, start: ["scheduler", "api"] }, async (desk) => {
		const { token } = await desk.signIn();
		const ours = oursOn(desk, token);
		await ours(64, 1);
		const values = peers ? await besidePeers(rounds, ours) : await interleaved(rounds, { ours: () => ours(64, 3), ours1: () => ours(1, 2) });
		const curve = [];
		for (const [label, connections] of [["c=6", 6], ["c=60", 60], ["c=600", 600]]) curve.push([label, (await ours(connections, 3)).rate]);
		return rowsOf(values, curve);
	});
}

// FastAPI may still work on what the round before gave up waiting for: a run in which nothing was served is no measurement.
async function served(measure) {
	for (let i = 0; i < 10; i++) {
		const result = await measure();
		if (result.rate > 10) return result;
		await sleep(2000);
	}
	throw new Error("nothing was served in ten runs");
}

const besidePeers = (rounds, ours) => withRedis((redis) => withRichFloor(redis, (floorUrl) => withFastApi((fastUrl) => {
	const floor = theirsAt(floorUrl), fast = theirsAt(fastUrl, true);
	return interleaved(rounds, {
		ours: () => ours(64, 3), floor: () => floor(64, 3), fast: () => served(() => fast(64, 3)),
		ours1: () => ours(1, 2), floor1: () => floor(1, 2),
	});
})));

function rowsOf({ ours, floor, fast, ours1, floor1 }, curve) {
	const beside = (name, results, field) => results && { name, values: results.map((result) => result[field]) };
	const row = (what, unit, results, field, besides, bounds) => ({ what, unit, ours: results.map((result) => result[field]), beside: besides,
		...(besides ? bounds : {}) });
	return [
		row("answer, c=64", "req/s", ours, "rate", beside("richfloor", floor, "rate"), { reach: 0.8, aim: 1.0 }),
		row("answer, c=64, p99", "ms", ours, "p99", beside("richfloor", floor, "p99"), { reach: 1.5, aim: 1.2, less: true }),
		row("answer, c=64", "req/s", ours, "rate", beside("FastAPI", fast, "rate"), { reach: 25, aim: 40 }),
		row("answer, c=1, p50", "ms", ours1, "p50", beside("richfloor", floor1, "p50"), { reach: 1.3, aim: 1.1, less: true }),
		{ what: "answer, by connections", unit: "req/s", curve },
	];
}
