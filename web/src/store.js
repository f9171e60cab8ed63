// web/src/store.js -- the appeals this browser knows, each with the event number it is good for.

// What a list, an answer or an event says about an appeal is kept only if nothing newer is known:
// every piece comes with the `seq` it was read at, and a smaller one never overwrites a larger one.
import { batch, signal } from '@preact/signals';

const records = new Map(); // id -> {seq, value: signal of appeal}

// Grows with every change of any appeal; what derives lists from all appeals reads it.
export const revision = signal(0);

// The appeals in this tab that were deleted: a late answer must not bring them back.
const deleted = new Set();

export function appealOf(id) {
	const record = records.get(id);
	return record ? record.value.value : (revision.value, null);
}

// Without listening to it.
export function peekAppeal(id) {
	return records.get(id)?.value.peek() ?? null;
}

export function allAppeals() {
	return Array.from(records.values(), (record) => record.value.peek());
}

function write(appeal, seq) {
	const record = records.get(appeal.id);
	if (record) {
		record.seq = seq;
		record.value.value = appeal;
	} else {
		records.set(appeal.id, { seq, value: signal(appeal) });
	}
	revision.value++;
}

// One customer may have several appeals on screen; the newest word on them holds for all.
export function putCustomer(customer) {
	for (const record of records.values()) {
		const appeal = record.value.peek();
		if (appeal.customer.id === customer.id)
			record.value.value = { ...appeal, customer };
	}
}

// False: something newer was known already, or the appeal is gone.
export function putAppeal(appeal, seq) {
	const record = records.get(appeal.id);
	if (deleted.has(appeal.id) || (record && seq < record.seq))
		return false;
	batch(() => write(appeal, seq));
	return true;
}

export function putAppeals(appeals, seq) {
	batch(() => appeals.forEach((appeal) => putAppeal(appeal, seq)));
}

export function dropAppeal(id) {
	deleted.add(id);
	records.delete(id);
	revision.value++;
}

export function clearAppeals() {
	records.clear();
	deleted.clear();
	revision.value++;
}
