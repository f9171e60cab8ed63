// web/src/components/waiting.js -- how long a customer has been waiting for an answer, live.

import { waitingLevel, waitingParts } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { slow } from '../ticker.js';
import { Icon } from './icons.js';

export function Waiting({ since }) {
	const { n, unit } = waitingParts(since, slow.value);
	const words = t(`wait.words.${unit}`, { n });
	return html`<span class="waiting" data-level=${waitingLevel(since, slow.value)}
		title=${t('wait.label', { time: words })}>
		<${Icon} name="clock" size=${13} /><span>${t(`wait.${unit}`, { n })}</span>
	</span>`;
}
