// telegram/sandbox/page/backstage.js -- the side column: what the bot calls, and what shall go wrong.

import { choose, clockTime, drive, element, everySoOften, recall, remember, word } from "./wire.js";

const ROWS_MAX = 300;
const METHODS = ["sendMessage", "editMessageText", "editMessageReplyMarkup", "answerCallbackQuery", "sendChatAction",
	"getUpdates", "getMe", "setMyCommands"];
// Which fields a kind of fault asks for, beside method, user and count.
const MORE = { rate_limit: ["seconds"], delay: ["delay_ms"], error_500: ["accepted"], html_502: ["accepted"] };
const OF_UPDATES = ["duplicate_update", "id_jump_down"];
const OF_POLLS = ["conflict_409", "unauthorized"];

const part = (id) => document.getElementById(id);

export function openBackstage({ shownUser, onTrouble }) {
	const form = part("fault-form"), list = part("calls");
	let bot = recall("backstage", "support"), last = 0, calls = [];

	// ---- calls ----
	const tone = (call) => (call.status === 0 || call.status >= 500 ? "bad" : call.status >= 400 ? "warn" : "good");

	const callRow = (call) => element(`li.call.${tone(call)}`, { dataset: { testid: "call" } },
		element("span.status", {}, call.status === 0 ? word("lost") : String(call.status)),
		element("div.what", {},
			element("strong", {}, call.method),
			call.chat_id ? element("span.chat", {}, ` ${word("chat")} ${call.chat_id}`) : null,
			call.fault ? element("span.fault", {}, word("kinds")[call.fault]?.[0] ?? call.fault) : null,
			call.text ? element("p", {}, call.text) : null,
			call.description ? element("p.why", {}, call.description) : null),
		element("span.when", { title: `#${call.number}` }, clockTime(call.at), element("small", {}, `${call.took_ms} ${word("milliseconds")}`)));

	const draw = () => {
		const wanted = calls.filter((call) => part("show-polls").checked || call.method !== "getUpdates");
		list.replaceChildren(...wanted.slice(-ROWS_MAX).reverse().map(callRow));
		if (!wanted.length) list.append(element("li.none", {}, word("no_calls")));
	};

	const readCalls = async () => {
		const shown = bot;
		const answer = await drive(shown, `/calls?after=${last}&limit=1000`);
		if (shown !== bot) return;
		if (answer.last < last) calls = [];	// the sandbox began anew
		else if (!answer.items.length) return;
		calls = calls.concat(answer.items).slice(-3 * ROWS_MAX);
		last = answer.items.at(-1)?.number ?? 0;
		draw();
	};

	const readBot = async () => {
		const info = await drive(bot, "");
		const count = info.pending_update_count;
		part("pulse").className = `pulse ${info.is_polled ? "good" : "warn"}`;
		part("pulse").textContent = (info.is_polled ? word("listening") : word("deaf")) +
			(count ? ` · ${count} ${word("waiting")}` : "");
	};

	// ---- faults ----
	const readFaults = async () => {
		const { items } = await drive(bot, "/faults");
		const signature = JSON.stringify([items, word("disarm")]);
		if (part("armed").dataset.signature === signature) return;
		part("armed").dataset.signature = signature;
		part("armed").replaceChildren(...items.map((fault) => element("li", { dataset: { testid: "armed" } },
			element("strong", {}, word("kinds")[fault.kind][0]),
			` · ${fault.method === "*" ? word("any_method") : fault.method} · ×${fault.count}` +
			(fault.user ? ` · ${word("chat")} ${fault.user}` : ""))));
		if (items.length)
			part("armed").append(element("li", {}, element("button.quiet", { type: "button", onclick: async () => {
				await drive(bot, "/faults", { method: "DELETE" });
				kick();
			} }, word("disarm"))));
	};

	const drawForm = () => {
		const kinds = word("kinds"), kind = form.kind.value || "rate_limit", method = form.method.value;
		form.kind.replaceChildren(...Object.keys(kinds).map((name) => new Option(kinds[name][0], name, false, name === kind)));
		form.method.replaceChildren(new Option(word("any_method"), "*"),
			...METHODS.map((name) => new Option(name, name, false, name === method)));
		part("fault-hint").textContent = kinds[kind][1];
		const asked = OF_UPDATES.includes(kind) ? [] : ["method", "user", "count", ...(MORE[kind] ?? [])];
		for (const label of form.querySelectorAll("[data-field]")) {
			label.hidden = !asked.includes(label.dataset.field);
			for (const field of label.querySelectorAll("input")) field.disabled = label.hidden;
		}
	};

	form.kind.addEventListener("change", () => {
		if (OF_POLLS.includes(form.kind.value)) form.method.value = "getUpdates";
		drawForm();
	});
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		const kind = form.kind.value, fault = { kind };
		if (!OF_UPDATES.includes(kind)) {
			Object.assign(fault, { method: form.method.value, count: Number(form.count.value) });
			if (form.user.value) fault.user = shownUser(bot);
			if (kind === "rate_limit") fault.seconds = Number(form.seconds.value);
			if (kind === "delay") fault.delay_ms = Number(form.delay_ms.value);
			if (MORE[kind]?.includes("accepted")) fault.accepted = form.accepted.checked;
		}
		try {
			await drive(bot, "/faults", { json: fault });
		} catch (error) {
			part("fault-hint").textContent = word("failed") + error.message;
		}
		kick();
	});

	// ---- which bot ----
	const show = (name) => {
		bot = name;
		remember("backstage", bot);
		choose(part("backstage-bot"), bot);
		last = 0;
		calls = [];
		draw();
		kick();
	};
	part("backstage-bot").addEventListener("click", (event) => event.target.dataset.value && show(event.target.dataset.value));
	part("show-polls").addEventListener("change", draw);

	form.method.value = "sendMessage";
	drawForm();
	form.method.value = "sendMessage";
	const kick = everySoOften(() => Promise.all([readCalls(), readBot(), readFaults()]), onTrouble);
	show(bot);
	return () => {
		drawForm();
		draw();
		kick();
	};
}
