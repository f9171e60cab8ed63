// web/src/components/avatar.js -- initials on a calm colour that stays with the customer.

import { initials } from '../format.js';
import { html } from '../html.js';

const TONES = 6; // .avatar[data-tone] in styles/parts.css

export function Avatar({ id, name, large = false }) {
	return html`<span class=${large ? 'avatar large' : 'avatar'} data-tone=${id % TONES} aria-hidden="true">
		${initials(name)}
	</span>`;
}
