// web/src/components/question.js -- asks before what cannot be undone.

import { useLayoutEffect, useRef } from 'preact/hooks';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { question } from '../screen.js';

export function Question() {
	const ref = useRef(null);
	const asked = question.value;
	useLayoutEffect(() => {
		if (asked)
			ref.current.showModal();
	}, [asked]);
	if (!asked)
		return null;
	const close = () => { question.value = null; };
	const yes = () => {
		close();
		asked.onYes();
	};
	return html`<dialog class="dialog" ref=${ref} onClose=${close} aria-labelledby="question-title">
		<h2 id="question-title">${asked.title}</h2>
		<p>${asked.text}</p>
		<footer>
			<button class="button" onClick=${close} autofocus>${t('app.cancel')}</button>
			<button class="button danger" onClick=${yes} data-testid="confirm-yes">${asked.yes}</button>
		</footer>
	</dialog>`;
}
