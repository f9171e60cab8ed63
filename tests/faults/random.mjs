// tests/faults/random.mjs -- chance that can be repeated: the same seed gives the same choices.

export class Random {
	constructor(seed) {
		this.seed = seed >>> 0;
		this.state = this.seed;
	}
	// mulberry32: [0, 1)
	next() {
		this.state = (this.state + 0x6d2b79f5) >>> 0;
		let x = this.state;
		x = Math.imul(x ^ (x >>> 15), x | 1);
		x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
		return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
	}
	below(count) {
		return Math.floor(this.next() * count);
	}
	between(low, high) {
		return low + this.below(high - low + 1);
	}
	of(list) {
		return list[this.below(list.length)];
	}
	chance(share) {
		return this.next() < share;
	}
	// A stream of its own, so that what one part draws does not move the others.
	fork() {
		return new Random(Math.floor(this.next() * 4294967296));
	}
}
