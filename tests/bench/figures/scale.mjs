// tests/bench/figures/scale.mjs -- list, open and answer with a million appeals and ten million messages in the records, beside ten
// thousand appeals; ten messages each.

import { withDesk } from "../desk.mjs";
import { interleaved, wrk } from "../measure.mjs";

const EACH = 10, CONNECTIONS = 8, SECONDS = 2;
// Appeal after appeal far from the one before: no cache keeps all of them.
const STRIDE = 7919;

function measuresOf(desk, token, appeals) {
	const setting = { connections: CONNECTIONS, seconds: SECONDS };
	const each = (after, more) => wrk(desk.url, { ...setting, script: "post.lua",
		env: { PATH_BEFORE: "/api/v1/appeals/", PATH_AFTER: after, APPEALS: String(appeals), STRIDE: String(STRIDE), TOKEN: token, ...more } });
	return {
		list: () => wrk(`${desk.url}/api/v1/appeals?state=in_work&limit=50`, { ...setting, token }),
		open: () => each("/messages?limit=50", { METHOD: "GET" }),
		answer: () => each("/messages", { BODY: JSON.stringify({ text: "x".repeat(155) }) }),
	};
}

const onDesk = (appeals, work) => withDesk({ appeals, messagesEach: EACH, start: ["scheduler", "api"] }, async (desk) => {
	const { token } = await desk.signIn();
	return work(measuresOf(desk, token, appeals));
});

export async function figure({ rounds }) {
	const values = await onDesk(1000000, (large) => onDesk(10000, (small) => interleaved(Math.min(rounds, 5), {
		largeList: large.list, list: small.list, largeOpen: large.open, open: small.open, largeAnswer: large.answer, answer: small.answer,
	})));
	const middle = await onDesk(100000, (desk) => interleaved(1, { list: desk.list, open: desk.open, answer: desk.answer }));
	const rows = [], curves = [];
	for (const what of ["list", "open", "answer"]) {
		const large = values[`large${what[0].toUpperCase()}${what.slice(1)}`].map((result) => result.p50);
		const small = values[what].map((result) => result.p50);
		rows.push({ what: `${what}, 1,000,000 appeals, p50`, unit: "ms", ours: large, beside: { name: "10,000", values: small }, less: true, reach: 1.5, aim: 1.2 });
		curves.push({ what: `${what}, p50, by appeals`, unit: "ms", curve: [["10000", small[0]], ["100000", middle[what][0].p50], ["1000000", large[0]]] });
	}
	return [...rows, ...curves];
}
