// telegram/sandbox/page/phone.js -- two phones side by side, each in a chat with one bot, and the page around them.

import { openBackstage } from "./backstage.js";
import { drawMessages } from "./bubbles.js";
import { initialOf, tintOf, Users } from "./users.js";
import { choose, drive, element, everySoOften, pageLanguage, recall, Refused, remember, setPageLanguage, translate, wordsOf,
	word } from "./wire.js";

const PRESS_PATIENCE_MS = 15000, TOAST_MS = 3500;

class Phone {
	constructor(bot, pane, onTrouble) {
		Object.assign(this, { bot, pane, users: new Users(bot), chat: null, pressing: new Map(), seen: new Set() });
		pane.append(document.getElementById("phone").content.cloneNode(true));
		this.part = (name) => pane.querySelector(`[data-part="${name}"]`);
		this.marks();
		this.listen();
		this.drawAll();
		this.info = {};
		this.kick = everySoOften(() => this.read(), onTrouble);
	}

	// What tests and screen readers find it by.
	marks() {
		this.part("input").dataset.testid = `phone-${this.bot}-input`;
		this.part("send").dataset.testid = `phone-${this.bot}-send`;
		this.part("sticker").dataset.testid = `phone-${this.bot}-sticker`;
		this.part("block").dataset.testid = `phone-${this.bot}-block`;
		this.part("toast").dataset.testid = `phone-${this.bot}-toast`;
		this.part("user").dataset.testid = this.bot === "support" ? "user-select" : `user-select-${this.bot}`;
	}

	get user() {
		return this.users.current;
	}
	get texts() {
		return wordsOf(this.user.language.slice(0, 2));
	}
	get path() {
		return `/users/${this.user.id}`;
	}

	// ---- reading ------------------------------------------------------------------------------

	async read() {
		const id = this.user.id;
		if (this.joined !== id) await this.join();
		const known = this.chat?.id === id ? `?revision=${this.chat.revision}` : "";
		try {
			const chat = await drive(this.bot, `${this.path}/chat${known}`);
			if (this.user.id !== id) return;
			const before = this.chat;
			this.chat = chat.unchanged ? { ...this.chat, action: chat.action } : { ...chat, id };
			if (!chat.unchanged) this.drawChat(before);
			this.drawState();
		} catch (error) {
			if (!(error instanceof Refused && error.status === 404)) throw error;
			this.joined = undefined;
			this.chat = null;
		}
		await this.readNow();
	}

	// The sandbox has to know a user before it can show a chat; it forgets all when it begins anew.
	async join() {
		const { id } = this.user, { items } = await drive(this.bot, "/users");
		if (this.users.merge(items)) this.drawUsers();
		if (!items.some((item) => item.id === id)) await drive(this.bot, `/users/${id}`, { json: this.who() });
		this.joined = id;
	}

	// The bot and its users change seldom.
	async readNow() {
		if (Date.now() - (this.readAt ?? 0) < 2000) return;
		this.readAt = Date.now();
		const [info, { items }] = await Promise.all([drive(this.bot, ""), drive(this.bot, "/users")]);
		this.info = info;
		if (this.users.merge(items)) this.drawUsers();
		this.drawBot();
	}

	// ---- doing --------------------------------------------------------------------------------

	async act(path, json) {
		try {
			return await drive(this.bot, `${this.path}${path}`, { json });
		} catch (error) {
			this.toast(this.texts.failed + error.message, true);
			throw error;
		} finally {
			this.kick();
		}
	}

	who() {
		return { first_name: this.user.name, language_code: this.user.language };
	}

	async send(text) {
		this.stick = true;
		await this.act("/messages", { ...this.who(), text });
	}

	async submit() {
		const input = this.part("input"), text = input.value.trim(), editing = this.editing;
		if (!text) return;
		input.value = "";
		this.edit(null);
		try {
			if (editing) await this.act(`/messages/${editing.message_id}/edit`, { text });
			else await this.send(text);
		} catch {
			input.value = text;
		}
		this.grow();
		input.focus();
	}

	async press(item, data) {
		const key = `${item.message_id}:${data}`;
		this.pressing.set(key, Date.now());
		this.drawChat(this.chat);
		try {
			const { callback_query_id: id } = await this.act("/press", { message_id: item.message_id, data });
			setTimeout(() => {
				if (this.pressing.delete(key)) {
					this.drawChat(this.chat);
					if (!this.seen.has(id)) this.toast(this.texts.no_answer, true);
				}
			}, PRESS_PATIENCE_MS);
		} catch {
			this.pressing.delete(key);
			this.drawChat(this.chat);
		}
	}

	edit(item) {
		this.editing = item;
		this.part("editing").hidden = !item;
		if (item) this.part("input").value = item.text;
		this.grow();
		if (item) this.part("input").focus();
	}

	block() {
		return this.act("/block", { blocked: !this.chat?.user.blocked }).catch(() => {});
	}

	// Answers of the bot to presses: each is shown once, and only those given while this page looks on.
	hear(chat, before) {
		for (const press of chat.presses) {
			if (!press.answered || this.seen.has(press.id)) continue;
			this.seen.add(press.id);
			this.pressing.delete(`${press.message_id}:${press.data}`);
			if (before?.id !== chat.id || !press.text) continue;
			if (press.show_alert) {
				this.part("alert-text").textContent = press.text;
				if (!this.part("alert").open) this.part("alert").showModal();
			} else {
				this.toast(press.text);
			}
		}
	}

	// ---- drawing ------------------------------------------------------------------------------

	drawAll() {
		const parts = [...this.pane.children];
		translate(parts.slice(0, 2));
		translate(parts.slice(2), this.texts);
		this.drawUsers();
		this.drawBot();
		this.drawChat(this.chat);
		this.drawState();
	}

	drawUsers() {
		const { user } = this;
		this.part("user").replaceChildren(...this.users.rows.map((row) =>
			new Option(row.name, row.id, false, row.id === user.id)));
		this.part("user-face").textContent = initialOf(user.name);
		this.part("user-face").dataset.tint = tintOf(user.id);
		choose(this.part("language"), user.language.slice(0, 2));
	}

	drawBot() {
		this.part("bot-name").textContent = this.info?.first_name ?? "…";
		const lists = this.info?.commands ?? {}, language = this.user.language.slice(0, 2);
		const commands = lists[`default:0|${language}`] ?? lists["default:0|"] ?? [];
		this.part("menu").hidden = !commands.length;
		this.part("commands").replaceChildren(...commands.map((each) => element("li", {}, element("button", {
			type: "button", onclick: () => {
				this.part("commands").hidden = true;
				this.send(`/${each.command}`).catch(() => {});
			},
		}, element("strong", {}, `/${each.command}`), element("span", {}, each.description)))));
	}

	drawChat(before) {
		const list = this.part("messages"), chat = this.chat;
		const near = list.scrollHeight - list.scrollTop - list.clientHeight < 80 || this.stick || before?.id !== chat?.id;
		const grew = (chat?.items.length ?? 0) > (before?.items?.length ?? 0);
		if (chat) this.hear(chat, before);
		drawMessages(list, chat?.items ?? [], {
			bot: this.bot, texts: this.texts, language: this.user.language, pressing: new Set(this.pressing.keys()),
			onPress: (item, data) => this.press(item, data),
			onEdit: chat?.user.blocked ? null : (item) => this.edit(item),
		});
		this.drawKeyboard(chat?.reply_markup);
		if (near) list.scrollTop = list.scrollHeight;
		if (grew) this.stick = false;
		this.part("newer").hidden = near || !grew;
	}

	drawState() {
		const { chat, texts } = this, blocked = Boolean(chat?.user.blocked), begun = Boolean(chat?.items.length);
		const state = blocked ? texts.you_blocked : chat?.action === "typing" ? texts.typing : chat?.action ? texts.busy : texts.bot;
		this.part("bot-state").textContent = state;
		this.part("bot-state").classList.toggle("lively", Boolean(chat?.action) && !blocked);
		this.part("block-text").textContent = blocked ? texts.unblock : texts.block;
		this.part("block").setAttribute("aria-pressed", String(blocked));
		this.part("empty").hidden = begun;
		this.part("empty-text").textContent = blocked ? texts.empty_blocked : texts.empty;
		this.part("start-row").hidden = begun || blocked;
		this.part("composer").inert = blocked;
		this.part("input").placeholder = texts.write;
	}

	// A reply keyboard: its buttons are messages.
	drawKeyboard(markup) {
		const rows = markup?.keyboard ?? [], box = this.part("keyboard");
		box.hidden = !rows.length;
		box.replaceChildren(...rows.map((row) => element("div.row", {}, ...row.map((button) => {
			const text = typeof button === "string" ? button : button.text;
			return element("button.key", { type: "button", onclick: () => this.send(text).catch(() => {}) }, text);
		}))));
	}

	toast(text, bad = false) {
		const toast = this.part("toast");
		toast.textContent = text;
		toast.classList.toggle("bad", bad);
		toast.hidden = false;
		clearTimeout(this.toastTimer);
		this.toastTimer = setTimeout(() => (toast.hidden = true), TOAST_MS);
	}

	grow() {
		const input = this.part("input");
		input.style.height = "auto";
		input.style.height = `${Math.min(input.scrollHeight, 140)}px`;
	}

	// ---- fingers ------------------------------------------------------------------------------

	listen() {
		const { part } = this, input = part("input");
		part("composer").addEventListener("submit", (event) => {
			event.preventDefault();
			this.submit();
		});
		input.addEventListener("input", () => this.grow());
		input.addEventListener("keydown", (event) => {
			if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
				event.preventDefault();
				this.submit();
			} else if (event.key === "Escape" && this.editing) {
				input.value = "";
				this.edit(null);
			}
		});
		part("editing-cancel").addEventListener("click", () => {
			input.value = "";
			this.edit(null);
		});
		part("start").addEventListener("click", () => this.send("/start").catch(() => {}));
		part("sticker").addEventListener("click", () => {
			this.stick = true;
			this.act("/messages", { ...this.who(), sticker: true }).catch(() => {});
		});
		part("block").addEventListener("click", () => this.block());
		part("menu").addEventListener("click", () => (part("commands").hidden = !part("commands").hidden));
		part("newer").addEventListener("click", () => {
			part("messages").scrollTop = part("messages").scrollHeight;
			part("newer").hidden = true;
		});
		part("messages").addEventListener("scroll", (event) => {
			const list = event.target;
			if (list.scrollHeight - list.scrollTop - list.clientHeight < 20) part("newer").hidden = true;
		});
		// Who was at the newest message stays there when a keyboard opens or the window changes.
		let bottom = true;
		part("messages").addEventListener("scroll", ({ target }) =>
			(bottom = target.scrollHeight - target.scrollTop - target.clientHeight < 80));
		new ResizeObserver(() => bottom && (part("messages").scrollTop = part("messages").scrollHeight)).observe(part("messages"));
		this.listenToUsers();
	}

	listenToUsers() {
		const { part } = this;
		const switched = () => {
			this.chat = null;
			part("input").value = "";
			this.edit(null);
			this.drawAll();
			this.kick();
		};
		part("user").addEventListener("change", (event) => {
			this.users.choose(Number(event.target.value));
			switched();
		});
		part("add").addEventListener("click", () => {
			this.users.add();
			switched();
		});
		part("language").addEventListener("click", (event) => {
			if (!event.target.dataset.value) return;
			this.users.change({ language: event.target.dataset.value });
			this.drawAll();
			this.act("", this.who()).catch(() => {});
		});
		part("rename").addEventListener("click", () => this.naming(part("naming").hidden));
		part("naming-cancel").addEventListener("click", () => this.naming(false));
		part("naming").addEventListener("submit", (event) => {
			event.preventDefault();
			const name = event.target.name.value.trim();
			if (!name) return;
			this.naming(false);
			this.users.change({ name });
			this.drawUsers();
			this.act("", this.who()).catch(() => {});
		});
	}

	naming(open) {
		const form = this.part("naming"), field = form.elements.name;
		form.hidden = !open;
		field.value = this.user.name;
		if (open) field.select();
	}
}

// ---- the page around them ----------------------------------------------------------------------------

const troubles = new Map();
const trouble = (who) => (yes) => {
	troubles.set(who, yes);
	document.getElementById("offline").hidden = ![...troubles.values()].some(Boolean);
};

const phones = Object.fromEntries(["support", "courier"].map((bot) =>
	[bot, new Phone(bot, document.getElementById(`phone-${bot}`), trouble(bot))]));
const redrawBackstage = openBackstage({ shownUser: (bot) => phones[bot].user.id, onTrouble: trouble("backstage") });

function showTab(tab) {
	document.body.dataset.tab = tab;
	remember("tab", tab);
	choose(document.getElementById("tabs"), tab);
}

function drawPage() {
	document.documentElement.lang = pageLanguage();
	translate(document.querySelectorAll("body > header, #backstage, #tabs"));
	choose(document.getElementById("page-language"), pageLanguage());
	for (const phone of Object.values(phones)) phone.drawAll();
	redrawBackstage();
}

document.getElementById("page-language").addEventListener("click", (event) => {
	if (!event.target.dataset.value) return;
	setPageLanguage(event.target.dataset.value);
	drawPage();
});
document.getElementById("tabs").addEventListener("click", (event) => event.target.dataset.value && showTab(event.target.dataset.value));
showTab(recall("tab", "support"));
drawPage();
