// tests/faults/keeper.test.mjs -- the keeper of the fault tests starts each process once, whoever asks.

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../e2e/harness.mjs";
import { Keeper, pause } from "./keeper.mjs";

// A desk of one process that is ready after 20 ms.
function fakeDesk() {
	const desk = { processes: {}, running: 0, most: 0 };
	desk.start = async (name) => {
		let end;
		const process = (desk.processes[name] ??= {});
		process.child = {};
		process.ended = undefined;
		process.exit = new Promise((done) => (end = done));
		process.kill = () => {
			if (!process.ended) desk.running--;
			process.ended ??= { code: null, signal: "SIGKILL" };
			end(process.ended);
			return process.exit;
		};
		process.stop = process.kill;
		desk.most = Math.max(desk.most, ++desk.running);
		await pause(20);
	};
	return desk;
}

test("a process that died just before it is held and let is started once", async () => {
	const desk = fakeDesk();
	const keeper = new Keeper(desk), asked = [];
	const begin = keeper.begin.bind(keeper);
	keeper.begin = (name) => asked[asked.push(begin(name)) - 1];
	await keeper.start("scheduler");
	await desk.processes.scheduler.kill();
	await until("the keeper to see it", () => keeper.deaths.length === 1);	// it pauses before it starts it again
	await keeper.hold("scheduler");
	await keeper.let("scheduler");
	await until("the keeper to start it itself", () => asked.length === 3);
	await Promise.all(asked);
	assert.equal(desk.running, 1);
	await Promise.all([keeper.begin("scheduler"), keeper.begin("scheduler")]);
	assert.equal(desk.running, 1);
	assert.equal(desk.most, 1);
	await keeper.stop();
	assert.equal(keeper.deaths.length, 1);
});
