// web/src/views/inbox.js -- the list pane: four tabs with live counters, rows, pages as one scrolls.

import { useEffect, useRef } from 'preact/hooks';
import { Empty } from '../components/empty.js';
import { LinkBadge } from '../components/link-badge.js';
import { RowList } from '../components/row-list.js';
import { RowSkeletons } from '../components/skeletons.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { countOf, lists, loadMore, retryList, TABS } from '../lists.js';
import { route } from '../router.js';
import { narrow } from '../screen.js';
import { showTab, tab } from '../tabs.js';

const COUNT_SHOWN_MAX = 999;

function Tab({ name }) {
	const count = countOf(name);
	return html`<button role="tab" id=${`tab-${name}`} class="tab" aria-selected=${tab.value === name}
		aria-controls="inbox-list" tabIndex=${tab.value === name ? 0 : -1} onClick=${() => showTab(name)}
		data-testid=${`inbox-tab-${name}`}>
		<span>${t(`inbox.tab.${name}`)}</span>
		${count > 0 && html`<span class="count" data-tone=${name === 'queue' ? 'hot' : 'calm'}
			title=${t('count.appeals', { n: count })}>${count > COUNT_SHOWN_MAX ? `${COUNT_SHOWN_MAX}+` : count}</span>`}
	</button>`;
}

const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

function onTabKey(event) {
	const step = STEPS[event.key];
	if (!step)
		return;
	event.preventDefault();
	showTab(TABS[(TABS.indexOf(tab.value) + step + TABS.length) % TABS.length]);
	requestAnimationFrame(() => document.getElementById(`tab-${tab.value}`)?.focus());
}

function Tabs() {
	return html`<div class="tabs" role="tablist" aria-label=${t('inbox.tabs')} onKeyDown=${onTabKey}>
		${TABS.map((name) => html`<${Tab} key=${name} name=${name} />`)}
	</div>`;
}

const EMPTY_ICONS = { mine: 'person', queue: 'check', work: 'inbox', closed: 'lock' };

function EmptyList({ name }) {
	const offerQueue = name === 'mine' && countOf('queue') > 0;
	return html`<${Empty} icon=${EMPTY_ICONS[name]} title=${t(`inbox.empty.${name}`)}
		hint=${t(`inbox.empty.${name}.hint`)} testid="inbox-empty">
		${offerQueue && html`<button class="button" onClick=${() => showTab('queue')}>${t('inbox.to-queue')}</button>`}
	<//>`;
}

function FailedList({ name }) {
	return html`<${Empty} icon="alert" title=${t('inbox.failed')} testid="inbox-failed">
		<button class="button" onClick=${() => retryList(name)}>${t('app.retry')}</button>
	<//>`;
}

// The end of the list: coming into view loads more of it.
function Tail({ list, total }) {
	const ref = useRef(null);
	const phase = list.phase.value;
	const more = Boolean(list.cursor.value);
	useEffect(() => {
		const watcher = new IntersectionObserver((entries) => {
			if (entries.some((entry) => entry.isIntersecting))
				loadMore(list.name);
		}, { rootMargin: '400px' });
		watcher.observe(ref.current);
		return () => watcher.disconnect();
	}, [total, phase, list]);
	return html`<div ref=${ref} class="list-tail">
		${phase === 'failed' && html`<button class="button small" onClick=${() => retryList(list.name)}>${t('app.retry')}</button>`}
		${phase === 'loading' && t('inbox.more')}
		${phase === 'ready' && !more && t('inbox.end', { n: total })}
	</div>`;
}

function Rows({ name }) {
	const list = lists[name];
	const ids = list.ids.value;
	return html`<${RowList} ids=${ids} name=${name} /><${Tail} list=${list} total=${ids.length} />`;
}

function ListBody({ name }) {
	const list = lists[name];
	const phase = list.phase.value;
	if (list.begun.value && list.ids.value.length)
		return html`<${Rows} key=${name} name=${name} />`;
	if (phase === 'failed')
		return html`<${FailedList} name=${name} />`;
	return phase === 'ready' ? html`<${EmptyList} name=${name} />` : html`<${RowSkeletons} />`;
}

export function Inbox() {
	const hidden = narrow.value && route.value.name === 'appeal';
	return html`<section class="list-pane" aria-label=${t('inbox.title')}>
		<header class="pane-head">
			<h1>${t('inbox.title')}</h1>
			${!hidden && html`<${LinkBadge} />`}
		</header>
		<${Tabs} />
		<div class="list-scroll" id="inbox-list" role="tabpanel" aria-labelledby=${`tab-${tab.value}`}
			aria-busy=${lists[tab.value].phase.value === 'loading'} data-testid="inbox-list">
			<${ListBody} name=${tab.value} />
		</div>
	</section>`;
}
