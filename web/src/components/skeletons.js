// web/src/components/skeletons.js -- grey shapes of what is being loaded, of the same size.

import { html } from '../html.js';
import { t } from '../i18n.js';

const ROWS = [62, 78, 48, 70, 55, 66];
const BUBBLES = [['left', 46], ['left', 30], ['right', 52], ['left', 38], ['right', 34]];

const width = (percent) => ({ width: `${percent}%` });

export function RowSkeletons() {
	return html`<div class="rows" role="status" aria-label=${t('app.starting')}>
		${ROWS.map((percent, i) => html`<div key=${i} class="row skeleton-row">
			<span class="bone round"></span>
			<span class="bone" style=${width(percent - 20)}></span>
			<span class="bone" style=${width(percent + 15)}></span>
		</div>`)}
	</div>`;
}

export function ChatSkeleton() {
	return html`<div class="log-inner" role="status" aria-label=${t('app.starting')}>
		${BUBBLES.map(([side, percent], i) => html`
			<div key=${i} class="bone bubble-bone" data-side=${side} style=${width(percent)}></div>`)}
	</div>`;
}
