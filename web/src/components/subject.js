// web/src/components/subject.js -- the subject of an appeal, edited in its place.

import { useEffect, useRef, useState } from 'preact/hooks';
import { offers, setSubject } from '../actions.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icons.js';

const SUBJECT_CHARS_MAX = 200;

function Editor({ appeal, onDone }) {
	const input = useRef(null);
	const done = useRef(false);
	useEffect(() => input.current.select(), []);
	const finish = (save) => {
		if (done.current)
			return;
		done.current = true;
		const text = input.current.value.trim();
		if (save && text !== (appeal.subject ?? ''))
			setSubject(appeal.id, text);
		onDone();
	};
	const onKeyDown = (event) => {
		if (event.key === 'Escape' || event.key === 'Enter') {
			event.preventDefault();
			finish(event.key === 'Enter');
		}
	};
	return html`<input ref=${input} class="subject-input" value=${appeal.subject ?? ''} maxLength=${SUBJECT_CHARS_MAX}
		aria-label=${t('subject.label')} onKeyDown=${onKeyDown} onBlur=${() => finish(true)}
		data-testid="subject-input" />`;
}

export function Subject({ appeal }) {
	const [editing, setEditing] = useState(false);
	if (editing)
		return html`<${Editor} appeal=${appeal} onDone=${() => setEditing(false)} />`;
	if (!offers(appeal).subject)
		return html`<p class="subject" data-testid="subject">${appeal.subject}</p>`;
	return html`<button class="subject" data-empty=${!appeal.subject} title=${t('subject.edit')}
		onClick=${() => setEditing(true)} data-testid="subject">
		<span>${appeal.subject ?? t('subject.empty')}</span><${Icon} name="pencil" size=${14} />
	</button>`;
}
