// web/src/views/help.js -- the sheet of keys, and the switch for single letters.

import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../components/icons.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { COMPOSER_KEYS, KEYS } from '../keys.js';
import { letters, toggleLetters } from '../prefs.js';
import { helpOpen } from '../screen.js';

// One line per meaning: its Alt and its letter keys together.
function lines() {
	const shown = new Map();
	for (const row of [...KEYS, ...COMPOSER_KEYS])
		shown.set(row.id, [...(shown.get(row.id) ?? []), ...row.show]);
	return [...shown];
}

function Letters() {
	return html`<label class="switch">
		<input type="checkbox" checked=${letters.value} onChange=${toggleLetters} />
		<span><b>${t('help.letters')}</b><small>${t('help.letters.hint')}</small></span>
	</label>`;
}

export function Help() {
	const ref = useRef(null);
	useLayoutEffect(() => {
		if (helpOpen.value)
			ref.current.showModal();
	}, [helpOpen.value]);
	if (!helpOpen.value)
		return null;
	const close = () => { helpOpen.value = false; };
	return html`<dialog class="dialog help" ref=${ref} onClose=${close} aria-labelledby="help-title" data-testid="help-sheet">
		<header>
			<h2 id="help-title">${t('help.title')}</h2>
			<button class="icon-button" aria-label=${t('help.close')} onClick=${close}><${Icon} name="cross" /></button>
		</header>
		<dl>${lines().map(([id, shown]) => html`<div key=${id}>
			<dt>${t(`key.${id}`)}</dt>
			<dd>${shown.map((key) => html`<kbd key=${key}>${key}</kbd>`)}</dd>
		</div>`)}</dl>
		<${Letters} />
	</dialog>`;
}
