// web/src/timeline.js -- one conversation as a flat list of things to draw; pure.

// Messages of one author closer than this stand together.
const GROUP_MS = 5 * 60_000;

// What the appeal's own record tells about its life, for those who did not watch it happen.
function marksOf(appeal) {
	const marks = [{ kind: 'opened', at: appeal.opened_at }];
	if (appeal.taken_at)
		marks.push({ kind: 'taken', at: appeal.taken_at, name: appeal.assignee?.name ?? null });
	if (appeal.closed_at)
		marks.push({ kind: 'closed', at: appeal.closed_at, by: appeal.closed_by });
	return marks.filter((mark) => mark.kind !== 'taken' || mark.name);
}

const speaker = (message) => `${message.author}/${message.author_name ?? ''}`;

function isGrouped(message, before) {
	return before?.type === 'message' && speaker(before.message) === speaker(message) &&
		message.created_at - before.message.created_at < GROUP_MS;
}

// A message may carry an earlier time than the opening it caused (Telegram's dates are cut to
// seconds). What happened comes before the bot's message about it; only a return is made by a message.

function placeOf(mark, items) {
	if (mark.kind === 'opened')
		return 0;
	const place = items.findIndex((item) => item.at > mark.at || (item.at === mark.at && mark.kind !== 'returned'));
	return place < 0 ? items.length : place;
}

// The opening belongs to the day of the message it stands above.
const beginning = (mark, items) => Math.min(mark.at, items[0]?.at ?? mark.at);

// Messages keep the server's order; marks go in by time.
function weave(messages, marks) {
	const items = messages.map((message) => ({ type: 'message', at: message.created_at, message }));
	for (const mark of marks)
		items.splice(placeOf(mark, items), 0, { type: 'mark', at: mark.kind === 'opened' ? beginning(mark, items) : mark.at, mark });
	return items;
}

// messages: oldest first. notes: {kind, at, seq}. complete: the beginning is among the messages.
// dayOf(ms): a key per calendar day. Returns items {type: 'day' | 'mark' | 'message', key, at, ...},
// messages with `grouped` (continues the one above) and `last` (the next one does not).
export function buildTimeline({ appeal, messages, notes, complete, dayOf }) {
	const from = complete || !messages.length ? -Infinity : messages[0].created_at;
	const marks = [...marksOf(appeal), ...notes].filter((mark) => (mark.kind === 'opened' ? complete : mark.at >= from));
	const items = [];
	let day = null;
	for (const item of weave(messages, marks.sort((a, b) => a.at - b.at))) {
		if (dayOf(item.at) !== day) {
			day = dayOf(item.at);
			items.push({ type: 'day', key: `d${day}-${items.length}`, at: item.at });
		}
		items.push(finish(item, items.at(-1)));
	}
	items.forEach((item, i) => { item.last = !items[i + 1]?.grouped; });
	return items;
}

function finish(item, before) {
	if (item.type === 'mark')
		return { ...item, key: `k${item.mark.kind}-${item.mark.seq ?? item.at}` };
	return { ...item, key: `m${item.message.id}`, grouped: isGrouped(item.message, before) };
}
