// tests/bench/figures/inbox.mjs -- the inbox: fifty appeals of ten thousand, c=64.

import { withDesk } from "../desk.mjs";
import { interleaved, wrk } from "../measure.mjs";
import { withFastApi, withRedis, withRichFloor } from "../peers.mjs";

const SETTING = { connections: 64, seconds: 3 };

const onDesk = (appeals, work) => withDesk({ appeals, start: ["scheduler", "api"] }, async (desk) => {
	const { token } = await desk.signIn();
	const list = () => wrk(`${desk.url}/api/v1/appeals?state=in_work&limit=50`, { ...SETTING, token });
	await list();
	return work(list);
});

const besidePeers = (rounds, ours) => withRedis((redis) => withRichFloor(redis, (floorUrl) => withFastApi((fastUrl) => interleaved(rounds, {
	ours,
	floor: () => wrk(`${floorUrl}/appeals?status=open&limit=50`, SETTING),
	fast: () => wrk(`${fastUrl}/appeals?status=open&limit=50`, { ...SETTING, tolerant: true }),
}))));

export async function figure({ rounds, peers }) {
	const rates = (results) => results.map((result) => result.rate);
	const values = await onDesk(10000, (ours) => (peers ? besidePeers(rounds, ours) : interleaved(rounds, { ours })));
	const rows = peers ? [
		{ what: "inbox of 50 in 10,000, c=64", unit: "req/s", ours: rates(values.ours), beside: { name: "naive C list", values: rates(values.floor) }, reach: 1.5, aim: 2.5 },
		{ what: "inbox of 50 in 10,000, c=64", unit: "req/s", ours: rates(values.ours), beside: { name: "FastAPI", values: rates(values.fast) }, reach: 40, aim: 60 },
	] : [{ what: "inbox of 50 in 10,000, c=64", unit: "req/s", ours: rates(values.ours) }];
	const curve = [];
	for (const appeals of [1000, 10000, 100000])
		curve.push([`${appeals} appeals`, await onDesk(appeals, async (list) => (await list()).rate)]);
	return [...rows, { what: "inbox, by appeals", unit: "req/s", curve }];
}
