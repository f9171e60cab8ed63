// web/src/views/desk.js -- the working place: navigation, list, chat and customer side by side.

import { CustomerPanel } from '../components/customer-panel.js';
import { Empty } from '../components/empty.js';
import { Nav } from '../components/nav.js';
import { Question } from '../components/question.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { route } from '../router.js';
import { panelShown } from '../screen.js';
import { appealOf } from '../store.js';
import { Chat } from './chat.js';
import { Help } from './help.js';
import { Inbox } from './inbox.js';

function Nothing() {
	const missing = route.value.name === 'missing';
	const title = t(missing ? 'page.missing' : 'inbox.pick');
	return html`<main class="chat-pane" id="chat">
		<${Empty} icon=${missing ? 'question' : 'inbox'} title=${title} hint=${missing ? null : t('inbox.pick.hint')}>
			${missing && html`<a class="button" href="/appeals">${t('page.to-inbox')}</a>`}
		<//>
	</main>`;
}

export function Desk() {
	const { name, id } = route.value;
	const open = name === 'appeal';
	const panel = open && panelShown() && appealOf(id);
	return html`<div class="desk" data-screen=${name === 'inbox' ? 'list' : 'chat'} data-panel=${Boolean(panel)}>
		<a class="skip" href="#chat">${t('app.skip')}</a>
		<${Nav} />
		<${Inbox} />
		${open ? html`<${Chat} key=${id} id=${id} />` : html`<${Nothing} />`}
		${panel && html`<${CustomerPanel} key=${`p${id}`} id=${id} />`}
	</div>
	<${Help} /><${Question} />`;
}
