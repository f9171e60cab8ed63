// telegram/sandbox/page/bubbles.js -- a transcript as bubbles: days, replies, edits, keyboards.

import { clockTime, element, icon } from "./wire.js";

const LINK = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)]/g;

// Entities count UTF-16 units, and so do JavaScript's strings.
const MARKED = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre",
	blockquote: "blockquote", expandable_blockquote: "blockquote", spoiler: "span.spoiler", bot_command: "span.command" };

function plain(text) {
	const parts = [];
	let at = 0;
	for (const match of text.matchAll(LINK)) {
		parts.push(text.slice(at, match.index), link(match[0], match[0]));
		at = match.index + match[0].length;
	}
	return [...parts, text.slice(at)];
}

const link = (href, ...children) =>
	element("a", { href: /^https?:/.test(href) ? href : "#", target: "_blank", rel: "noreferrer noopener" }, ...children);

// Text between start and end with the entities that lie within; a parent comes before its children.
function rich(text, entities, start = 0, end = text.length) {
	const parts = [];
	let at = start;
	for (let i = 0; i < entities.length; i++) {
		const entity = entities[i], stop = entity.offset + entity.length;
		if (entity.offset < at || stop > end) continue;
		parts.push(...plain(text.slice(at, entity.offset)));
		const inner = rich(text, entities.slice(i + 1), entity.offset, stop);
		parts.push(entity.type === "text_link" ? link(entity.url, ...inner)
			: MARKED[entity.type] ? element(MARKED[entity.type], {}, ...inner) : element("span", {}, ...inner));
		at = stop;
	}
	return [...parts, ...plain(text.slice(at, end))];
}

function dayOf(ms, texts, language) {
	const day = new Date(ms).toDateString(), now = Date.now();
	if (day === new Date(now).toDateString()) return texts.today;
	if (day === new Date(now - 86400000).toDateString()) return texts.yesterday;
	return new Date(ms).toLocaleDateString(language, { day: "numeric", month: "long" });
}

function keyboardOf(item, { bot, pressing, onPress }) {
	const rows = item.reply_markup?.inline_keyboard;
	if (!rows?.length) return null;
	return element("div.inline", {}, ...rows.map((row) => element("div.row", {}, ...row.map((button) => {
		const data = button.callback_data;
		if (data === undefined)
			return button.url ? Object.assign(link(button.url, button.text), { className: "key" })
				: element("button.key", { type: "button", disabled: true }, button.text);
		const key = `${item.message_id}:${data}`;
		return element(`button.key${pressing.has(key) ? ".waiting" : ""}${button.style ? `.${button.style}` : ""}`, {
			type: "button", dataset: { testid: `phone-${bot}-button`, data }, onclick: () => onPress(item, data),
		}, button.text);
	}))));
}

function contentOf(item, texts) {
	if (item.deleted) return element("p.gone", {}, texts.deleted);
	if (item.sticker) return element("p.sticker", { title: item.sticker.emoji }, icon("wave"));
	return element("p.text", {}, ...rich(item.text ?? "", item.entities ?? []));
}

function bubble(item, context) {
	const { bot, texts, onEdit } = context, own = item.author === "user";
	const replied = item.reply_to_message;
	const edited = item.versions.length > 0 && !item.deleted;
	const box = element(`div.bubble${item.sticker ? ".bare" : ""}`, {},
		replied ? element("p.quote", {}, replied.text ?? "…") : null,
		contentOf(item, texts),
		element("span.meta", {},
			edited ? element("span.edited", { title: `${texts.was} ${item.versions.map((each) => each.text).join(" → ")}` },
				texts.edited) : null,
			element("time", {}, clockTime(item.date * 1000))));
	const edit = own && item.text && !item.deleted && onEdit
		? element("button.icon.edit", { type: "button", title: texts.edit, ariaLabel: texts.edit, onclick: () => onEdit(item) }, icon("pencil"))
		: null;
	return element(`div.message.${own ? "own" : "theirs"}`, {
		dataset: { testid: `phone-${bot}-message`, id: item.message_id, author: item.author },
	}, element("div.line", {}, edit, box), keyboardOf(item, context));
}

// All bubbles anew; what did not change keeps its element, so that nothing flickers or loses its focus.
export function drawMessages(list, items, context) {
	const old = new Map([...list.children].map((node) => [node.dataset.key, node]));
	const nodes = [];
	let day;
	for (const item of items) {
		const today = dayOf(item.date * 1000, context.texts, context.language);
		if (today !== day) nodes.push(keep(old, `day:${today}`, today, () => element("div.day", {}, element("span", {}, today))));
		day = today;
		const waiting = [...context.pressing].filter((key) => key.startsWith(`${item.message_id}:`)).join();
		const signature = JSON.stringify([item, waiting, context.language, Boolean(context.onEdit)]);
		nodes.push(keep(old, String(item.message_id), signature, () => bubble(item, context)));
	}
	nodes.forEach((node, i) => list.children[i] !== node && list.insertBefore(node, list.children[i] ?? null));
	while (list.children.length > nodes.length) list.lastChild.remove();
}

const signatures = new WeakMap();

function keep(old, key, signature, make) {
	const node = old.get(key);
	if (node && signatures.get(node) === signature) return node;
	const made = make();
	made.dataset.key = key;
	signatures.set(made, signature);
	return made;
}
