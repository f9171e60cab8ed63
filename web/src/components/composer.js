// web/src/components/composer.js -- the box to answer the customer in, or why there is none.

import { isBusy, offers, takeOver } from '../actions.js';
import { draftOf, saveDraft } from '../drafts.js';
import { can } from '../session.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { sendAnswer } from '../outbox.js';
import { focusWanted } from '../screen.js';
import { Icon } from './icons.js';
import { ReplyBox } from './reply-box.js';

const TESTIDS = { box: 'composer', send: 'send' };

function wantsFocus() {
	const wanted = focusWanted.peek();
	focusWanted.value = false;
	return wanted;
}

function Refusal({ appeal }) {
	const text = can('appeals:write')
		? t('composer.others', { name: appeal.assignee?.name ?? t('message.from.employee') })
		: t('composer.read-only');
	return html`<div class="reply refusal" data-testid="composer-refusal">
		<${Icon} name="lock" size=${18} /><p>${text}</p>
		${offers(appeal).takeOver && html`<button class="button small" disabled=${isBusy(appeal.id)}
			onClick=${() => takeOver(appeal.id)} data-testid="take-over">${t('action.take-over')}</button>`}
	</div>`;
}

function Open({ appeal }) {
	const setText = (text) => saveDraft(appeal.id, text);
	const onSend = (answer) => {
		setText('');
		sendAnswer(appeal.id, answer);
	};
	return html`<${ReplyBox} text=${draftOf(appeal.id)} onText=${setText} onSend=${onSend} label=${t('composer.label')}
		placeholder=${t(appeal.state === 'new' ? 'composer.placeholder.new' : 'composer.placeholder')}
		hint=${t('composer.hint')} sendLabel=${t('composer.send')} testids=${TESTIDS} focus=${wantsFocus()} />`;
}

export function Composer({ appeal, allowed }) {
	return allowed ? html`<${Open} appeal=${appeal} />` : html`<${Refusal} appeal=${appeal} />`;
}
