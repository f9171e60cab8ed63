// web/src/components/countdown.js -- the time left until an appeal closes, by the server's clock.

import { isBusy, resume } from '../actions.js';
import { config } from '../config.js';
import { formatCountdown } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { second } from '../ticker.js';
import { Icon } from './icons.js';

// The server's clock is known to half a second: never more than there was to begin with.
const fullMs = () => config.value.close_after_s * 1000;
const leftUntil = (deadline) => Math.min(fullMs(), deadline - second.value);

export function CountdownChip({ deadline }) {
	return html`<span class="countdown-chip" title=${t('state.closing')}>
		<span class="unseen">${t('state.closing')} </span>${formatCountdown(leftUntil(deadline))}
	</span>`;
}

function Left({ leftMs }) {
	if (leftMs <= 0)
		return html`<span class="countdown-words">${t('closing.due')}</span>`;
	return html`<span class="countdown-words">
		${t('closing.left')} <b class="countdown-time" role="timer">${formatCountdown(leftMs)}</b><span class="muted countdown-hint">${t('closing.hint')}</span>
	</span>`;
}

export function Countdown({ appeal, canResume }) {
	const leftMs = leftUntil(appeal.closing_at);
	const share = Math.max(0, leftMs / fullMs());
	return html`<div class="countdown" data-testid="countdown" data-left-s=${Math.max(0, Math.ceil(leftMs / 1000))}>
		<span class="countdown-bar" aria-hidden="true"><i style=${{ transform: `scaleX(${share})` }}></i></span>
		<${Icon} name="clock" size=${18} />
		<${Left} leftMs=${leftMs} />
			${canResume && html`<button class="button small" disabled=${isBusy(appeal.id)}
			onClick=${() => resume(appeal.id)} data-testid="resume">${t('action.resume')}</button>`}
	</div>`;
}
