// web/src/components/empty.js -- what stands where nothing is: an icon, a sentence, a way on.

import { html } from '../html.js';
import { Icon } from './icons.js';

export function Empty({ icon, title, hint, children, testid }) {
	return html`<div class="empty" data-testid=${testid}>
		<span class="empty-icon" data-icon=${icon}><${Icon} name=${icon} size=${30} /></span>
		<h2>${title}</h2>
		${hint && html`<p>${hint}</p>`}
		${children}
	</div>`;
}
