// web/src/lists.js -- the four lists of the inbox: what belongs in each, its order, its pages.

// A list is derived from all known appeals, so that live updates move rows by themselves. A list
// that is loaded page by page shows nothing older than the last page it asked for (`boundary`):
// an appeal known by chance must not stand there with a gap above it.
import { computed, signal } from '@preact/signals';
import { getAppeals } from './api.js';
import { followFrom, hasGap, position } from './position.js';
import { session } from './session.js';
import { allAppeals, putAppeals, revision } from './store.js';

const byActivity = (a, b) => b.last_activity_at - a.last_activity_at || b.id - a.id;
const waitsSince = (appeal) => appeal.waiting_since ?? appeal.opened_at;
const byWait = (a, b) => waitsSince(a) - waitsSince(b) || a.id - b.id;
const isOpenWork = (appeal) => appeal.state === 'in_work' || appeal.state === 'closing';

// whole: loaded to its end at once, because it is sorted here or counted here.
const TABLE = {
	mine: {
		query: { state: 'in_work,closing', assignee: 'me' },
		holds: (appeal, me) => isOpenWork(appeal) && appeal.assignee?.id === me,
		order: byActivity, whole: true,
	},
	queue: {
		query: { state: 'new' },
		holds: (appeal) => appeal.state === 'new',
		order: byWait, whole: true,
	},
	work: {
		query: { state: 'in_work,closing' },
		holds: isOpenWork,
		order: byActivity, whole: false,
	},
	closed: {
		query: { state: 'closed' },
		holds: (appeal) => appeal.state === 'closed',
		order: byActivity, whole: false,
	},
};

export const TABS = Object.keys(TABLE);

const PAGE = 50;
const PAGE_WHOLE = 200;

// The server's counts of all appeals; null until the first answer.
export const serverCounts = signal(null);

function same(a, b) {
	return a.length === b.length && a.every((value, i) => value === b[i]);
}

function makeList(name) {
	const { holds, order } = TABLE[name];
	const list = {
		name,
		phase: signal('idle'), // 'idle' | 'loading' | 'ready' | 'failed'
		begun: signal(false), // the first page is here
		cursor: signal(null),
		boundary: signal(null),
		turn: 0, // answers of an earlier turn are dropped
	};
	let last = [];
	list.ids = computed(() => {
		revision.value;
		const me = session.value.me?.id;
		const boundary = list.boundary.value;
		const ids = allAppeals()
			.filter((appeal) => holds(appeal, me))
			.filter((appeal) => boundary === null || appeal.last_activity_at >= boundary)
			.sort(order)
			.map((appeal) => appeal.id);
		last = same(last, ids) ? last : ids;
		return last;
	});
	return list;
}

export const lists = Object.fromEntries(TABS.map((name) => [name, makeList(name)]));

async function loadPage(list, cursor) {
	const { query, whole } = TABLE[list.name];
	const seqBefore = position.seq;
	const ask = () => getAppeals({ ...query, cursor, limit: whole ? PAGE_WHOLE : PAGE });
	let page = await ask();
	if (hasGap(page.epoch, page.as_of_seq))
		page = await ask();
	followFrom(page.epoch, page.as_of_seq);
	putAppeals(page.items, page.as_of_seq ?? seqBefore);
	serverCounts.value = page.counts ?? serverCounts.value;
	return page;
}

async function load(list, cursor) {
	const { whole } = TABLE[list.name];
	const turn = ++list.turn;
	list.phase.value = 'loading';
	try {
		let next = cursor;
		do {
			const page = await loadPage(list, next);
			if (turn !== list.turn)
				return;
			next = page.next_cursor;
			list.cursor.value = next;
			list.begun.value = true;
			if (!whole)
				list.boundary.value = next ? page.items.at(-1).last_activity_at : null;
		} while (whole && next);
		list.phase.value = 'ready';
	} catch (error) {
		if (turn === list.turn)
			list.phase.value = 'failed';
		throw error;
	}
}

// Throws ApiError, with the list in phase 'failed'.
export function loadFirst(name) {
	return load(lists[name], null);
}

export async function ensureLoaded(name) {
	if (lists[name].phase.value === 'idle')
		await loadFirst(name).catch(() => {});
}

export async function loadMore(name) {
	const list = lists[name];
	if (list.phase.value === 'ready' && list.cursor.value)
		await load(list, list.cursor.value).catch(() => {});
}

export async function retryList(name) {
	await load(lists[name], lists[name].cursor.value).catch(() => {});
}

// Forgets all pages: the records were cleared.
export function resetLists() {
	for (const list of Object.values(lists)) {
		list.turn++;
		list.phase.value = 'idle';
		list.begun.value = false;
		list.cursor.value = null;
		list.boundary.value = null;
	}
}

// The number on a tab, null while unknown. What is loaded whole is counted here, at once.
export function countOf(name) {
	const counts = serverCounts.value;
	if (TABLE[name].whole && lists[name].phase.value === 'ready')
		return lists[name].ids.value.length;
	if (!counts)
		return null;
	return { mine: counts.mine, queue: counts.new, work: counts.in_work + counts.closing }[name] ?? null;
}
