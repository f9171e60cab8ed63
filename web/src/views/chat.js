// web/src/views/chat.js -- one appeal: its head, its conversation, and the box to answer in.

import { useEffect } from 'preact/hooks';
import { offers } from '../actions.js';
import { chatOf, loadChat } from '../chats.js';
import { ChatHead } from '../components/chat-head.js';
import { Composer } from '../components/composer.js';
import { Countdown } from '../components/countdown.js';
import { Empty } from '../components/empty.js';
import { Icon } from '../components/icons.js';
import { MessageLog } from '../components/message-log.js';
import { ChatSkeleton } from '../components/skeletons.js';
import { WriteFirst } from '../components/write-first.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { markRead } from '../reads.js';
import { appealOf } from '../store.js';

// Read means: on screen, in the window a person works in.
function useMarkRead(appeal) {
	useEffect(() => {
		const look = () => {
			if (appeal && document.visibilityState === 'visible' && document.hasFocus())
				markRead(appeal);
		};
		look();
		window.addEventListener('focus', look);
		return () => window.removeEventListener('focus', look);
	}, [appeal]);
}

function Banner() {
	return html`<p class="banner" role="status" data-testid="customer-banner">
		<${Icon} name="alert" size=${18} /><span>${t('customer.banner')}</span>
	</p>`;
}

function Foot({ appeal }) {
	const can = offers(appeal);
	if (can.writeFirst)
		return html`<${WriteFirst} key=${appeal.id} appeal=${appeal} />`;
	return html`<${Composer} key=${appeal.id} appeal=${appeal} allowed=${can.answer} />`;
}

function Missing() {
	return html`<${Empty} icon="question" title=${t('chat.missing')} hint=${t('chat.missing.hint')}>
		<a class="button" href="/appeals">${t('page.to-inbox')}</a>
	<//>`;
}

function Failed({ id }) {
	return html`<${Empty} icon="alert" title=${t('chat.failed')}>
		<button class="button" onClick=${() => loadChat(id)}>${t('app.retry')}</button>
	<//>`;
}

function Body({ chat, appeal }) {
	const known = appeal && chat.messages.value.length > 0;
	const phase = chat.phase.value;
	if (phase === 'missing')
		return html`<${Missing} />`;
	if (phase === 'failed' && !known)
		return html`<${Failed} id=${chat.id} />`;
	if (phase !== 'ready' && !known)
		return html`<div class="log"><${ChatSkeleton} /></div>`;
	return html`<${MessageLog} key=${chat.id} chat=${chat} appeal=${appeal} />`;
}

export function Chat({ id }) {
	const chat = chatOf(id);
	const appeal = appealOf(id);
	const phase = chat.phase.value;
	useEffect(() => {
		if (phase === 'idle')
			loadChat(id);
	}, [id, phase]);
	useMarkRead(appeal);
	return html`<main class="chat-pane" id="chat" aria-label=${t('chat.label')} data-testid="chat" data-id=${id}
		data-state=${appeal?.state}>
		<${ChatHead} id=${id} appeal=${phase === 'missing' ? null : appeal} />
		${appeal && !appeal.customer.reachable && html`<${Banner} />`}
		<${Body} chat=${chat} appeal=${appeal} />
		${appeal?.state === 'closing' && html`<${Countdown} appeal=${appeal} canResume=${offers(appeal).resume} />`}
		${appeal && phase !== 'missing' && html`<${Foot} appeal=${appeal} />`}
	</main>`;
}
