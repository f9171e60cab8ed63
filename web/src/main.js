// web/src/main.js -- starts the dashboard: checks the texts, opens the session, draws the page.
//
// Stable marks for browser tests (data-testid, with the other attributes they can rely on):
//   login-form, login-name, login-password, login-submit, login-error, lang-switch, theme-switch
//   link-badge (data-state: live | catching-up | offline), sound-switch, logout, help
//   inbox-tab-mine, inbox-tab-queue, inbox-tab-work, inbox-tab-closed (aria-selected)
//   inbox-list, inbox-empty, appeal-row (data-id, data-state, data-unread)
//   chat (data-id, data-state), chat-back, subject, take, take-over, close, resume, more, to-queue, delete,
//   confirm-yes, info, customer-panel, customer-banner, previous-appeal, past-appeal (data-id), countdown
//   message (data-author, data-delivery, data-id), message-text, edited, versions, send-again
//   pending (data-phase: sending | waiting | refused, data-key): an answer the server has not accepted yet
//   composer, composer-refusal, send; on a closed appeal: first-composer, first-send, first-open
//   toast (data-kind: info | error), help-sheet
import { render } from 'preact';
import { getUiConfig } from './api.js';
import { config } from './config.js';
import { watchSession } from './desk.js';
import { html } from './html.js';
import { timeZone } from './i18n.js';
import { watchNetwork } from './live.js';
import { startTitle } from './notify.js';
import { applyPrefs } from './prefs.js';
import { startRouter } from './router.js';
import { startSession } from './session.js';
import { startShortcuts } from './shortcuts.js';
import { startSound } from './sound.js';
import { watchTabs } from './tabs.js';
import { checkTexts } from './texts.js';
import { startTicker } from './ticker.js';
import { App } from './views/app.js';

const CONFIG_RETRY_MS = 5_000;

async function loadConfig() {
	try {
		config.value = await getUiConfig();
		timeZone.value = config.value.timezone ?? undefined;
	} catch {
		setTimeout(loadConfig, CONFIG_RETRY_MS);
	}
}

checkTexts();
applyPrefs();
startRouter();
startShortcuts();
startTicker();
startTitle();
startSound();
watchSession();
watchTabs();
watchNetwork();
loadConfig();
render(html`<${App} />`, document.getElementById('app'));
startSession();
