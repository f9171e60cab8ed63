// web/src/components/state-chip.js -- an appeal's state as a small coloured word.

import { html } from '../html.js';
import { t } from '../i18n.js';

export function StateChip({ state }) {
	return html`<span class="chip" data-state=${state}>${t(`state.${state}`)}</span>`;
}
