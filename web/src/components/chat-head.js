// web/src/components/chat-head.js -- who it is about, in which state, and what can be done.

import * as actions from '../actions.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { drawer, narrow, panelShown, question, toggleInfo } from '../screen.js';
import { toast } from '../toasts.js';
import { Icon } from './icons.js';
import { LinkBadge } from './link-badge.js';
import { Menu } from './menu.js';
import { StateChip } from './state-chip.js';
import { Subject } from './subject.js';

function askDelete(appeal) {
	question.value = {
		title: t('confirm.delete.title', { number: appeal.number }),
		text: t('confirm.delete.text'),
		yes: t('confirm.delete.yes'),
		onYes: () => actions.remove(appeal),
	};
}

async function copyNumber(appeal) {
	await navigator.clipboard?.writeText(String(appeal.number)).then(() => toast('info', t('action.copied')), () => {});
}

function menuItems(appeal, can) {
	return [
		can.toQueue && { icon: 'queue', text: t('action.to-queue'), testid: 'to-queue', onPick: () => actions.toQueue(appeal.id) },
		navigator.clipboard && { icon: 'copy', text: t('action.copy-number'), testid: 'copy-number', onPick: () => copyNumber(appeal) },
		can.delete && { icon: 'trash', text: t('action.delete'), testid: 'delete', danger: true, onPick: () => askDelete(appeal) },
	].filter(Boolean);
}

function Actions({ appeal }) {
	const can = actions.offers(appeal);
	const waiting = actions.isBusy(appeal.id);
	return html`
		${can.take && html`<button class="button primary" disabled=${waiting} title="Alt+T"
			onClick=${() => actions.take(appeal.id)} data-testid="take">${t('action.take')}</button>`}
		${can.close && html`<button class="button" disabled=${waiting} title="Alt+E"
			onClick=${() => actions.close(appeal.id)} data-testid="close">
			<${Icon} name="check" size=${18} />${t('action.close')}</button>`}
		<${Menu} label=${t('action.more')} items=${menuItems(appeal, can)} />`;
}

function InfoButton() {
	return html`<button class="icon-button" title=${`${t('chat.info')} (I)`} aria-label=${t('chat.info')}
		aria-pressed=${panelShown()} onClick=${toggleInfo} data-testid="info">
		<${Icon} name="person" />
	</button>`;
}

function Who({ appeal }) {
	return html`<div class="chat-who">
		<h2>
			<button class="chat-name" onClick=${() => { if (narrow.value) drawer.value = true; }}>${appeal.customer.name}</button>
			<span class="number">${t('row.number', { number: appeal.number })}</span>
			<${StateChip} state=${appeal.state} />
		</h2>
		<${Subject} key=${appeal.id} appeal=${appeal} />
	</div>`;
}

export function ChatHead({ appeal }) {
	return html`<header class="pane-head chat-head">
		<a class="icon-button chat-back" href="/appeals" aria-label=${t('chat.back')} data-testid="chat-back">
			<${Icon} name="back" />
		</a>
		${appeal ? html`<${Who} appeal=${appeal} />` : html`<div class="chat-who"></div>`}
		${narrow.value && html`<${LinkBadge} />`}
		<div class="chat-actions">
			${appeal && html`<${Actions} appeal=${appeal} /><${InfoButton} />`}
		</div>
	</header>`;
}
