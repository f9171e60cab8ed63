// web/src/components/nav.js -- the thin bar: sections, switches, and the way out.

import { config } from '../config.js';
import { initials } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { unanswered } from '../notify.js';
import { helpOpen } from '../screen.js';
import { logout, session } from '../session.js';
import { Icon, Logo } from './icons.js';
import { LangSwitch, SoundSwitch, ThemeSwitch } from './switches.js';

function Section({ href, icon, label, count = 0, away = false, current = false }) {
	const target = away ? { target: '_blank', rel: 'noopener' } : {};
	const shown = count > 99 ? '99+' : String(count);
	return html`<a class="nav-item" href=${href} title=${label} aria-label=${count > 0 ? `${label}: ${shown}` : label}
		aria-current=${current ? 'page' : undefined} ...${target}>
		<${Icon} name=${icon} size=${22} />
		${count > 0 && html`<span class="count" aria-hidden="true">${shown}</span>`}
	</a>`;
}

function HelpButton() {
	return html`<button type="button" class="icon-button nav-help" title=${`${t('nav.help')} (?)`}
		aria-label=${t('nav.help')} onClick=${() => { helpOpen.value = true; }} data-testid="help">
		<${Icon} name="keyboard" />
	</button>`;
}

function Person() {
	const { me } = session.value;
	return html`<span class="nav-person" title=${t('nav.signed-in-as', { name: me.name })}>${initials(me.name)}</span>
	<button type="button" class="icon-button" title=${t('nav.logout')} aria-label=${t('nav.logout')}
		onClick=${logout} data-testid="logout">
		<${Icon} name="exit" />
	</button>`;
}

export function Nav() {
	const sandbox = config.value.sandbox_url;
	return html`<nav class="nav" aria-label=${t('nav.label')}>
		<a class="nav-logo" href="/appeals" title=${t('app.name')} aria-label=${t('app.name')}><${Logo} size=${36} /></a>
		<${Section} href="/appeals" icon="inbox" label=${t('nav.appeals')} count=${unanswered.value} current=${true} />
		${sandbox && html`<${Section} href=${sandbox} icon="phone" label=${t('nav.sandbox')} away=${true} />`}
		<${Section} href="/docs" icon="book" label=${t('nav.docs')} away=${true} />
		<span class="nav-gap"></span>
		<${HelpButton} /><${SoundSwitch} /><${ThemeSwitch} /><${LangSwitch} /><${Person} />
	</nav>`;
}
