// web/src/components/write-first.js -- on a closed appeal: opens a new one with our first message.

import { useState } from 'preact/hooks';
import { getAppeals } from '../api.js';
import { draftOf, saveDraft } from '../drafts.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { writeFirst } from '../outbox.js';
import { goAppeal } from '../router.js';
import { narrow } from '../screen.js';
import { errorText } from '../toasts.js';
import { Icon } from './icons.js';
import { ReplyBox } from './reply-box.js';

const TESTIDS = { box: 'first-composer', send: 'first-send' };

async function openAppealOf(customerId) {
	const page = await getAppeals({ customer: customerId, state: 'new,in_work,closing', limit: 1 });
	return page.items[0]?.id ?? null;
}

// fault: null | {text, openId}
async function faultOf(error, customerId) {
	if (error.status !== 409)
		return { text: t('action.failed', { detail: errorText(error) }), openId: null };
	return { text: t('first.conflict'), openId: await openAppealOf(customerId).catch(() => null) };
}

function Fault({ fault }) {
	return fault && html`<p class="notice notice-danger" role="alert">
		<${Icon} name="alert" size=${18} /><span>${fault.text}</span>
		${fault.openId && html`<a href=${`/appeals/${fault.openId}`} data-testid="first-open">${t('first.open-it')}</a>`}
	</p>`;
}

export function WriteFirst({ appeal }) {
	const customer = appeal.customer.id;
	const slot = `first-${customer}`;
	const setText = (text) => saveDraft(slot, text);
	const [busy, setBusy] = useState(false);
	const [fault, setFault] = useState(null);
	const onSend = async (first) => {
		setBusy(true);
		setFault(null);
		try {
			const opened = await writeFirst(customer, first);
			setText('');
			goAppeal(opened.id);
		} catch (error) {
			setFault(await faultOf(error, customer));
			setBusy(false);
		}
	};
	return html`<section class="write-first" aria-label=${t('first.title')}>
		<p class="write-first-title"><b>${t('first.title')}.</b> ${t('first.hint')}</p>
		<${Fault} fault=${fault} />
		<${ReplyBox} text=${draftOf(slot)} onText=${setText} onSend=${onSend} label=${t('first.placeholder')}
			placeholder=${t('first.placeholder')} hint=${t('composer.hint')} busy=${busy} wide=${!narrow.value}
			sendLabel=${t(busy ? 'first.busy' : 'first.send')} testids=${TESTIDS} />
	</section>`;
}
