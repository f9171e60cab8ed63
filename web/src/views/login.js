// web/src/views/login.js -- the door: login and password, and why it did not open.

import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon, Logo } from '../components/icons.js';
import { LangSwitch, ThemeSwitch } from '../components/switches.js';
import { html } from '../html.js';
import { showSeconds, t } from '../i18n.js';
import { login, session } from '../session.js';
import { errorText } from '../toasts.js';

const WAIT_DEFAULT_S = 30;

// What went wrong: {kind: 'empty' | 'wrong' | 'too-many' | 'unreachable' | 'failed', detail, untilMs}
function faultOf(error) {
	if (error.status === 429)
		return { kind: 'too-many', untilMs: Date.now() + (error.retryAfterS ?? WAIT_DEFAULT_S) * 1000 };
	if (error.status === 0)
		return { kind: 'unreachable' };
	if (error.oauth === 'invalid_grant' || error.status === 401)
		return { kind: 'wrong' };
	return { kind: 'failed', detail: errorText(error) };
}

// Seconds left of a forced pause, 0 when there is none; redraws each second.
function usePause(fault) {
	const [now, setNow] = useState(Date.now());
	const left = fault?.untilMs ? Math.max(0, Math.ceil((fault.untilMs - now) / 1000)) : 0;
	useEffect(() => {
		if (!fault?.untilMs)
			return undefined;
		setNow(Date.now());
		const timer = setInterval(() => setNow(Date.now()), 500);
		return () => clearInterval(timer);
	}, [fault]);
	return left;
}

function faultText(fault, left) {
	if (fault.kind === 'too-many')
		return left ? t('login.too-many', { time: showSeconds(left) }) : null;
	return fault.kind === 'failed' ? t('login.failed', { detail: fault.detail }) : t(`login.${fault.kind}`);
}

function Fault({ fault, left }) {
	const text = fault && faultText(fault, left);
	return html`<div class="login-fault" role="alert">
		${text && html`<p class="notice notice-danger" data-testid="login-error">
			<${Icon} name="alert" size=${18} /><span>${text}</span>
		</p>`}
	</div>`;
}

function Password({ inputRef }) {
	const [shown, setShown] = useState(false);
	const label = t(shown ? 'login.hide' : 'login.show');
	return html`<label class="field">
		<span>${t('login.password')}</span>
		<span class="field-box">
			<input ref=${inputRef} type=${shown ? 'text' : 'password'} name="password" required
				autocomplete="current-password" data-testid="login-password" />
			<button type="button" class="icon-button" title=${label} aria-label=${label}
				aria-pressed=${shown} onClick=${() => setShown(!shown)}>
				<${Icon} name=${shown ? 'eye-off' : 'eye'} size=${19} />
			</button>
		</span>
	</label>`;
}

function Notice() {
	const { notice } = session.value;
	return notice && html`<p class="notice" role="status">${t(`login.${notice}`)}</p>`;
}

function useLogin() {
	const [busy, setBusy] = useState(false);
	const [fault, setFault] = useState(null);
	const password = useRef(null);
	const submit = async (event) => {
		event.preventDefault();
		const form = new FormData(event.currentTarget);
		const [name, secret] = [form.get('username').trim(), form.get('password')];
		if (!name || !secret)
			return setFault({ kind: 'empty' });
		setBusy(true);
		setFault(null);
		try {
			await login(name, secret);
		} catch (error) {
			setFault(faultOf(error));
			setBusy(false);
			password.current?.select();
		}
	};
	return { busy, fault, password, submit };
}

export function Login() {
	const { busy, fault, password, submit } = useLogin();
	const left = usePause(fault);
	const name = useRef(null);
	useEffect(() => name.current.focus(), []);
	return html`<main class="login">
		<div class="login-switches"><${ThemeSwitch} /><${LangSwitch} /></div>
		<form class="login-card" noValidate onSubmit=${submit} data-testid="login-form" aria-busy=${busy}>
			<header>
				<${Logo} size=${52} />
				<div><h1>EcoScooter <b>Support</b></h1><p>${t('login.lead')}</p></div>
			</header>
			<${Notice} />
			<label class="field">
				<span>${t('login.name')}</span>
				<input ref=${name} name="username" required autocomplete="username" autocapitalize="none"
					spellcheck=${false} data-testid="login-name" />
			</label>
			<${Password} inputRef=${password} />
			<${Fault} fault=${fault} left=${left} />
			<button class="button primary large" disabled=${busy || left > 0} data-testid="login-submit">
				${t(busy ? 'login.busy' : 'login.submit')}
			</button>
		</form>
	</main>`;
}
