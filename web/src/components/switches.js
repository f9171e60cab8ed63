// web/src/components/switches.js -- the small switches: language, theme, sound.

import { html } from '../html.js';
import { t } from '../i18n.js';
import { sound, theme, toggleLang, toggleSound, toggleTheme } from '../prefs.js';
import { Icon } from './icons.js';

export function LangSwitch() {
	return html`<button type="button" class="icon-button text" title=${t('lang.switch')}
		aria-label=${`${t('lang.other')}: ${t('lang.switch')}`} onClick=${toggleLang} data-testid="lang-switch">
		${t('lang.other')}
	</button>`;
}

export function ThemeSwitch() {
	const dark = theme() === 'dark';
	const label = t(dark ? 'theme.to-light' : 'theme.to-dark');
	return html`<button type="button" class="icon-button" title=${label} aria-label=${label}
		onClick=${toggleTheme} data-testid="theme-switch">
		<${Icon} name=${dark ? 'sun' : 'moon'} />
	</button>`;
}

export function SoundSwitch() {
	const label = t(sound.value ? 'sound.off' : 'sound.on');
	return html`<button type="button" class="icon-button" title=${label} aria-label=${label}
		aria-pressed=${sound.value} onClick=${toggleSound} data-testid="sound-switch">
		<${Icon} name=${sound.value ? 'bell' : 'bell-off'} />
	</button>`;
}
