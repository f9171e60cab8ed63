// telegram/sandbox/page/wire.js -- what phones and backstage share: words, elements, the driving routes.

const words = {
	en: {
		lead: "Play the customer and the courier. Nothing leaves this machine.",
		offline: "The sandbox does not answer. Trying again…",
		page_language: "Language of this page", panes: "Panes", which_bot: "Which bot",
		tab_support: "Customer", tab_courier: "Courier", tab_backstage: "Backstage", backstage: "Backstage",
		user: "Who holds this phone", rename: "Rename", add_user: "Another user", user_language: "Language of this phone",
		name: "Name", save: "Save", cancel: "Cancel", ok: "OK", messages: "Messages", to_newest: "To the newest message",
		start: "Start", editing: "Editing a message", commands: "Commands", sticker: "Send a sticker", send: "Send",
		write: "Message", bot: "bot", typing: "typing…", busy: "is at it…", you_blocked: "you blocked this bot",
		block: "Block", unblock: "Unblock", edited: "edited", was: "Was:", deleted: "Message deleted", edit: "Edit",
		empty: "No messages yet. Press Start, as everybody does first.", empty_blocked: "You blocked this bot.",
		new_names: ["Anna", "Boris", "Clara", "Denis", "Elena", "Felix", "Galina", "Igor"],
		today: "Today", yesterday: "Yesterday", failed: "Not done: ", no_answer: "The bot did not answer this press.",
		faults: "What shall go wrong", fault_kind: "Fault", fault_method: "Method", fault_user: "For whom", anyone: "everybody",
		shown_user: "the user shown", fault_count: "Times", fault_seconds: "Seconds", fault_delay: "Milliseconds",
		fault_accepted: "the call has its effect before", arm: "Arm", disarm: "Disarm all", any_method: "any but getUpdates",
		calls: "Calls of the bot", show_polls: "polls too", no_calls: "The bot has not called yet.", lost: "lost", milliseconds: "ms",
		listening: "The bot is listening", deaf: "Nobody polls for this bot", waiting: "updates wait", chat: "chat",
		kinds: {
			rate_limit: ["429 Too many requests", "The call has no effect; the bot must wait so long."],
			blocked: ["403 Blocked by the user", "As if this person had blocked the bot."],
			bad_request: ["400 Bad request", "Refused for good."],
			unauthorized: ["401 Unauthorized", "As if the token had been revoked."],
			conflict_409: ["409 Conflict", "As if a second program used the same token."],
			error_500: ["500 with an answer", "The Bot API says: internal server error."],
			html_502: ["502 with a web page", "Something in between answers, not Telegram."],
			delay: ["Late answer", "The call has its effect at once, the answer comes late."],
			reply_lost: ["Lost answer", "The message arrives, the connection breaks before the answer."],
			reset_before: ["Connection reset", "Breaks before the call had any effect."],
			truncated: ["Cut answer", "The message arrives, the answer's JSON ends in the middle."],
			duplicate_update: ["Updates again", "The latest batch is delivered once more."],
			id_jump_down: ["Ids jump down", "The next update has a lower id, as after a week of silence."],
		},
	},
	ru: {
		lead: "Побудьте клиентом и курьером. Всё остаётся на этой машине.",
		offline: "Песочница не отвечает. Пробуем снова…",
		page_language: "Язык страницы", panes: "Панели", which_bot: "Какой бот",
		tab_support: "Клиент", tab_courier: "Курьер", tab_backstage: "За кулисами", backstage: "За кулисами",
		user: "Чей это телефон", rename: "Переименовать", add_user: "Ещё один человек", user_language: "Язык этого телефона",
		name: "Имя", save: "Сохранить", cancel: "Отмена", ok: "Понятно", messages: "Сообщения", to_newest: "К последнему сообщению",
		start: "Начать", editing: "Правка сообщения", commands: "Команды", sticker: "Отправить стикер", send: "Отправить",
		write: "Сообщение", bot: "бот", typing: "печатает…", busy: "отправляет…", you_blocked: "вы заблокировали бота",
		block: "Заблокировать", unblock: "Разблокировать", edited: "изменено", was: "Было:", deleted: "Сообщение удалено", edit: "Изменить",
		empty: "Сообщений ещё нет. Нажмите «Начать», с этого начинают все.", empty_blocked: "Вы заблокировали бота.",
		new_names: ["Анна", "Борис", "Клара", "Денис", "Елена", "Феликс", "Галина", "Игорь"],
		today: "Сегодня", yesterday: "Вчера", failed: "Не вышло: ", no_answer: "Бот не ответил на нажатие.",
		faults: "Что должно сломаться", fault_kind: "Сбой", fault_method: "Метод", fault_user: "Для кого", anyone: "для всех",
		shown_user: "для показанного", fault_count: "Раз", fault_seconds: "Секунд", fault_delay: "Миллисекунд",
		fault_accepted: "вызов сначала сработает", arm: "Включить", disarm: "Убрать все", any_method: "любой, кроме getUpdates",
		calls: "Вызовы бота", show_polls: "и опросы", no_calls: "Бот ещё ничего не вызывал.", lost: "потерян", milliseconds: "мс",
		listening: "Бот на связи", deaf: "Бота никто не слушает", waiting: "обновлений ждут", chat: "чат",
		kinds: {
			rate_limit: ["429 Слишком часто", "Вызов не срабатывает; боту велено подождать столько секунд."],
			blocked: ["403 Пользователь заблокировал", "Как если бы человек заблокировал бота."],
			bad_request: ["400 Неверный запрос", "Отказ насовсем."],
			unauthorized: ["401 Нет доступа", "Как если бы токен отозвали."],
			conflict_409: ["409 Конфликт", "Как если бы тем же токеном пользовалась вторая программа."],
			error_500: ["500 с ответом", "Bot API сообщает о внутренней ошибке."],
			html_502: ["502 с веб-страницей", "Отвечает кто-то посередине, а не Telegram."],
			delay: ["Поздний ответ", "Вызов срабатывает сразу, ответ приходит позже."],
			reply_lost: ["Потерянный ответ", "Сообщение доходит, связь рвётся до ответа."],
			reset_before: ["Обрыв связи", "Обрыв до того, как вызов сработал."],
			truncated: ["Обрезанный ответ", "Сообщение доходит, JSON ответа обрывается на середине."],
			duplicate_update: ["Обновления повторно", "Последняя пачка придёт ещё раз."],
			id_jump_down: ["Номера назад", "У следующего обновления номер меньше, как после недели тишины."],
		},
	},
};

// ---- what is remembered in this browser ------------------------------------------------------------

export function recall(key, fallback) {
	try {
		return JSON.parse(localStorage.getItem(`sandbox.${key}`)) ?? fallback;
	} catch {
		return fallback;
	}
}

export function remember(key, value) {
	try {
		localStorage.setItem(`sandbox.${key}`, JSON.stringify(value));
	} catch {
		// a private window: then for this visit only
	}
}

// ---- words ------------------------------------------------------------------------------------------

let language = recall("language", (navigator.language || "en").startsWith("ru") ? "ru" : "en");

export const pageLanguage = () => language;
export const word = (name) => words[language][name];
export const wordsOf = (code) => words[code === "ru" ? "ru" : "en"];

export function setPageLanguage(code) {
	language = code;
	remember("language", code);
}

// Fills in data-text and data-label of these elements and below them.
export function translate(roots, texts = words[language]) {
	for (const root of roots) {
		for (const node of [root, ...root.querySelectorAll("[data-text], [data-label]")]) {
			if (node.dataset.text) node.textContent = texts[node.dataset.text];
			if (!node.dataset.label) continue;
			node.setAttribute("aria-label", texts[node.dataset.label]);
			if (node.matches("button")) node.title = texts[node.dataset.label];
		}
	}
}

// ---- elements ---------------------------------------------------------------------------------------

// element("li.call", { title: "x" }, child, "text")
export function element(name, properties = {}, ...children) {
	const [tag, ...classes] = name.split(".");
	const node = document.createElement(tag);
	if (classes.length) node.className = classes.join(" ");
	for (const [key, value] of Object.entries(properties)) {
		if (key === "dataset") Object.assign(node.dataset, value);
		else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
		else node[key] = value;
	}
	node.append(...children.filter((child) => child !== null && child !== undefined));
	return node;
}

export function icon(name) {
	const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
	const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
	use.setAttribute("href", `#i-${name}`);
	svg.append(use);
	svg.setAttribute("aria-hidden", "true");
	return svg;
}

// Marks one button of a group as chosen.
export function choose(group, value) {
	for (const button of group.querySelectorAll("button"))
		button.setAttribute("aria-pressed", String(button.dataset.value === value));
}

export const clockTime = (ms) =>
	new Date(ms).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });

// ---- the driving routes ----------------------------------------------------------------------------

export class Refused extends Error {
	constructor(status, detail) {
		super(detail);
		this.status = status;
	}
}

export async function drive(bot, path, { method, json } = {}) {
	const response = await fetch(`sandbox/v1/${bot}${path}`, {
		method: method ?? (json ? "POST" : "GET"),
		headers: json ? { "content-type": "application/json" } : {},
		body: json ? JSON.stringify(json) : undefined,
	});
	const body = await response.json();
	if (!response.ok) throw new Refused(response.status, body.detail);
	return body;
}

// Runs work again and again; slowly while nobody looks. kick() runs it at once.
export function everySoOften(work, onTrouble) {
	let timer, running = false, again = false;
	const kick = async () => {
		clearTimeout(timer);
		again = running;
		if (running) return;
		running = true;
		try {
			await work();
			onTrouble(false);
		} catch (error) {
			if (error instanceof Refused) console.warn(error.message);
			else onTrouble(true);
		}
		running = false;
		timer = setTimeout(kick, again ? 0 : document.hidden ? 2000 : 500);
	};
	document.addEventListener("visibilitychange", () => document.hidden || kick());
	kick();
	return kick;
}
