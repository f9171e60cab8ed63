// tests/faults/keeper.mjs -- starts again what ended, as `ecoctl up` does, and says what ended how.

const PAUSE_MS = 100;
const GIVE_UP_MS = 30_000;

export class Keeper {
	deaths = [];	// { name, code, signal }
	held = new Map();	// names that are down on purpose: how often they were asked to be
	kept = new Map();
	beginning = new Map();	// names that are being started
	done = false;

	constructor(desk) {
		this.desk = desk;
	}

	// Starts these and keeps them, one after the other.
	async start(names) {
		for (const name of [names].flat()) {
			await this.begin(name);
			if (!this.kept.has(name)) this.kept.set(name, this.keep(name));
		}
	}

	// Whoever wants it started meanwhile waits for the same start, and one that runs is left alone: a second child would take
	// the first one's place, which nobody would end then.
	begin(name) {
		if (!this.beginning.has(name))
			this.beginning.set(name, this.beginAnew(name).finally(() => this.beginning.delete(name)));
		return this.beginning.get(name);
	}

	// One that ends before it is ready is started again: killed by another fault, or for want of room on the disk.
	async beginAnew(name) {
		const deadline = Date.now() + GIVE_UP_MS;
		for (;;) {
			const before = this.desk.processes[name];
			if (before?.child && !before.ended) return;
			try {
				await this.desk.start(name);
				return;
			} catch (error) {
				const { ended } = this.desk.processes[name];
				if (!ended || Date.now() > deadline) throw error;
				this.deaths.push({ name, ...ended });
			}
			await pause(PAUSE_MS);
		}
	}

	async keep(name) {
		while (!this.done) {
			const process = this.desk.processes[name];
			await Promise.race([process.exit, this.stopping()]);
			while (this.held.has(name) && !this.done) await pause(5);
			if (this.done || !process.ended || this.desk.processes[name] !== process) continue;
			const { ended } = process;
			this.deaths.push({ name, ...ended });
			await pause(PAUSE_MS);
			if (!this.done && !this.held.has(name)) await this.begin(name);
		}
	}

	stopping() {
		this.stopped ??= new Promise((done) => (this.tellStopped = done));
		return this.stopped;
	}

	// Down until `let`, as often as it was held: ended by this signal, or left to SIGTERM's orderly end.
	async hold(name, signal) {
		this.held.set(name, (this.held.get(name) ?? 0) + 1);
		if (signal) await this.desk.processes[name].kill(signal);
		else await this.desk.processes[name].stop();
	}
	async let(name) {
		if (this.held.get(name) === 1) await this.begin(name);
		const left = this.held.get(name) - 1;
		if (left > 0) this.held.set(name, left);
		else this.held.delete(name);
	}

	async stop() {
		this.done = true;
		this.stopping();
		this.tellStopped();
		await Promise.all(this.kept.values());
	}
}

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));
