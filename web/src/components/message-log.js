// web/src/components/message-log.js -- the conversation: days, marks, bubbles, and where one stands in it.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { loadOlder } from '../chats.js';
import { html } from '../html.js';
import { dayOf, showDay, showTime, t } from '../i18n.js';
import { pendingOf } from '../outbox.js';
import { buildTimeline } from '../timeline.js';
import { Icon } from './icons.js';
import { Message } from './message.js';
import { Pending } from './pending.js';

const BOTTOM_PX = 60;
const TOP_PX = 300;

function markText(mark, number) {
	if (mark.kind === 'closed')
		return t(mark.by ? `event.closed.${mark.by}` : 'event.closed');
	return t(`event.${mark.kind}`, { number, name: mark.name });
}

function Item({ item, number }) {
	if (item.type === 'day')
		return html`<h3 class="day"><span>${showDay(item.at)}</span></h3>`;
	if (item.type === 'mark')
		return html`<p class="mark">${markText(item.mark, number)} <time>${showTime(item.at)}</time></p>`;
	return html`<${Message} message=${item.message} grouped=${item.grouped} last=${item.last} />`;
}

// Keeps the place: at the bottom new messages scroll in; higher up they are counted, and earlier
// ones coming in above push nothing away.
function usePlace(messages, ownCount) {
	const firstId = messages[0]?.id ?? null;
	const lastId = messages.at(-1)?.id ?? null;
	const ref = useRef(null);
	const was = useRef({ height: 0, atBottom: true, firstId: null, lastId: null, ownCount: 0 });
	const [below, setBelow] = useState(0);

	useLayoutEffect(() => {
		const box = ref.current;
		const before = was.current;
		const prepended = before.firstId !== null && firstId < before.firstId;
		if (prepended && !before.atBottom)
			box.scrollTop += box.scrollHeight - before.height;
		else if (before.atBottom || ownCount > before.ownCount)
			box.scrollTop = box.scrollHeight;
		else if (lastId > (before.lastId ?? Infinity))
			setBelow((count) => count + messages.filter(({ id }) => id > before.lastId).length);
		was.current = { ...before, height: box.scrollHeight, firstId, lastId, ownCount };
	});

	useEffect(() => {
		const box = ref.current;
		const watcher = new ResizeObserver(() => {
			if (was.current.atBottom)
				box.scrollTop = box.scrollHeight;
		});
		watcher.observe(box);
		watcher.observe(box.firstElementChild);
		return () => watcher.disconnect();
	}, []);

	const onScroll = () => {
		const box = ref.current;
		was.current.atBottom = box.scrollHeight - box.scrollTop - box.clientHeight < BOTTOM_PX;
		was.current.height = box.scrollHeight;
		if (was.current.atBottom)
			setBelow(0);
		return box.scrollTop;
	};
	const toBottom = () => { ref.current.scrollTop = ref.current.scrollHeight; };
	return { ref, below, onScroll, toBottom };
}

function Older({ chat }) {
	if (!chat.cursor.value)
		return null;
	const loading = chat.older.value === 'loading';
	return html`<button class="button small older" disabled=${loading} onClick=${() => loadOlder(chat.id)}>
		${t(loading ? 'chat.loading-older' : 'chat.older')}
	</button>`;
}

function ToBottom({ below, onClick }) {
	return html`<button class="button to-bottom" onClick=${onClick} aria-label=${t('chat.to-bottom')}>
		<${Icon} name="down" size=${17} />${t('chat.new-below', { n: below })}
	</button>`;
}

export function MessageLog({ chat, appeal }) {
	const messages = chat.messages.value;
	const pending = pendingOf(chat.id);
	const place = usePlace(messages, pending.length);
	const items = buildTimeline({ appeal, messages, notes: chat.notes.value, complete: !chat.cursor.value, dayOf });
	const onScroll = () => {
		if (place.onScroll() < TOP_PX && chat.older.value === 'idle')
			loadOlder(chat.id);
	};
	return html`<div class="log-frame">
		<div class="log" ref=${place.ref} onScroll=${onScroll} role="log" aria-label=${t('chat.label')} tabIndex="0">
			<div class="log-inner">
				<${Older} chat=${chat} />
				${items.map((item) => html`<${Item} key=${item.key} item=${item} number=${appeal.number} />`)}
				${!messages.length && !pending.length && html`<p class="mark">${t('chat.empty')}</p>`}
				${pending.map((entry) => html`<${Pending} key=${entry.key} entry=${entry} />`)}
			</div>
		</div>
		${place.below > 0 && html`<${ToBottom} below=${place.below} onClick=${place.toBottom} />`}
	</div>`;
}
