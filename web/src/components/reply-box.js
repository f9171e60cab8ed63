// web/src/components/reply-box.js -- a text box that grows, keeps its draft, and sends on Enter.

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icons.js';

const TEXT_CHARS_MAX = 4096;
const WARN_LEFT = 200;

// Telegram counts UTF-16 units, and so do we.
const leftOf = (text) => TEXT_CHARS_MAX - text.length;

function useGrow(ref, text) {
	useLayoutEffect(() => {
		const box = ref.current;
		box.style.height = 'auto';
		box.style.height = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`;
	}, [text]);
}

function LengthNote({ text }) {
	const left = leftOf(text);
	if (left > WARN_LEFT)
		return null;
	const over = left < 0;
	return html`<span class=${over ? 'reply-note over' : 'reply-note'} role="status">
		${t(over ? 'composer.over' : 'composer.left', { n: Math.abs(left) })}
	</span>`;
}

// An Enter that ends an input method's composition is not a send.
function isSend(event) {
	return event.key === 'Enter' && !event.shiftKey && !event.altKey && !event.isComposing;
}

export function ReplyBox({ text, onText, onSend, label, placeholder, hint, sendLabel, busy, testids, wide, focus }) {
	const ref = useRef(null);
	useGrow(ref, text);
	useEffect(() => {
		if (focus)
			ref.current.focus({ preventScroll: true });
	}, []);
	const ready = text.trim() !== '' && leftOf(text.trim()) >= 0 && !busy;
	const submit = () => {
		if (ready)
			onSend(text.trim());
		ref.current.focus();
	};
	const onKeyDown = (event) => {
		if (!isSend(event))
			return;
		event.preventDefault();
		submit();
	};
	return html`<div class="reply">
		<div class="reply-box">
			<textarea ref=${ref} rows="1" value=${text} placeholder=${placeholder} aria-label=${label} data-reply
				onInput=${(event) => onText(event.currentTarget.value)} onKeyDown=${onKeyDown}
				data-testid=${testids.box}></textarea>
			<button class=${wide ? 'button primary' : 'send-button'} disabled=${!ready} onClick=${submit} title=${sendLabel}
				aria-label=${sendLabel} data-testid=${testids.send}>
				${wide ? sendLabel : html`<${Icon} name="send" size=${20} />`}
			</button>
		</div>
		<div class="reply-foot"><span class="reply-hint">${hint}</span><${LengthNote} text=${text} /></div>
	</div>`;
}
