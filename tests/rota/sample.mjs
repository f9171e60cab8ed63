// tests/rota/sample.mjs -- how many instances a test looks at, and what tests of the rota share.
//
// ROTA_INSTANCES (300) says how many random instances; the numbers of other tests follow it. 2000 is the full run.

import { Fraction } from "./rules.mjs";

export const COUNT = Number(process.env.ROTA_INSTANCES ?? 300);
export const part = (share) => Math.ceil(COUNT * share);
export const seeds = (count, from = 1) => Array.from({ length: count }, (_, index) => from + index);
export const same = (a, b) => Fraction.of(a).compare(Fraction.of(b)) === 0;
export const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
export const keys = (assignments) => assignments.map((a) => `${a.slot} ${a.courier}`);

// Says which seed it was, so that it can be looked at again.
export function on(seed, what) {
	try {
		what();
	} catch (error) {
		error.message = `seed ${seed}: ${error.message}`;
		throw error;
	}
}
