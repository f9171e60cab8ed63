// web/src/views/app.js -- which view is on screen: splash, login or the desk.

import { useEffect } from 'preact/hooks';
import { Icon, Logo } from '../components/icons.js';
import { Toasts } from '../components/toasts.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { go, route } from '../router.js';
import { can, session } from '../session.js';
import { Desk } from './desk.js';
import { Login } from './login.js';

function Splash() {
	const unreachable = session.value.phase === 'unreachable';
	return html`<main class="splash" aria-busy="true">
		<${Logo} size=${56} />
		<p role="status">${t(unreachable ? 'app.unreachable' : 'app.starting')}</p>
	</main>`;
}

function NoAccess() {
	return html`<main class="splash">
		<${Icon} name="lock" size=${40} />
		<p>${t('access.none')}</p>
	</main>`;
}

let wanted = null; // where a person was going before the login page

// The address follows the session: signed out means /login, signed in means anywhere else.
function followSession(phase, name) {
	if (phase === 'out' && name !== 'login') {
		wanted = location.pathname;
		go('/login', { replace: true });
	} else if (phase === 'in' && (name === 'login' || location.pathname === '/')) {
		go(wanted && wanted !== '/' ? wanted : '/appeals', { replace: true });
		wanted = null;
	}
}

function Room() {
	const { phase } = session.value;
	if (phase === 'out')
		return html`<${Login} />`;
	if (phase !== 'in')
		return html`<${Splash} />`;
	return can('appeals:read') ? html`<${Desk} />` : html`<${NoAccess} />`;
}

export function App() {
	const { phase } = session.value;
	const { name } = route.value;
	useEffect(() => followSession(phase, name), [phase, name]);
	return html`<${Room} /><${Toasts} />`;
}
