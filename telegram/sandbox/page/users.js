// telegram/sandbox/page/users.js -- who holds a phone: the users of one bot, kept in this browser and merged with the sandbox's.

import { recall, remember, word, pageLanguage } from "./wire.js";

const FIRST_ID = { support: 1001, courier: 2001 };

export class Users {
	constructor(bot) {
		this.bot = bot;
		this.rows = recall(`users.${bot}`, []);
		if (!this.rows.length) this.add();
		this.currentId = recall(`user.${bot}`, this.rows[0].id);
		if (!this.rows.some((row) => row.id === this.currentId)) this.currentId = this.rows[0].id;
	}

	get current() {
		return this.rows.find((row) => row.id === this.currentId);
	}

	save() {
		remember(`users.${this.bot}`, this.rows);
		remember(`user.${this.bot}`, this.currentId);
	}

	// Somebody new with a name that nobody has yet.
	add() {
		const names = word("new_names"), shift = this.bot === "courier" ? 1 : 0;
		const taken = new Set(this.rows.map((row) => row.name));
		const free = names.map((_, i) => names[(i + shift) % names.length]).find((name) => !taken.has(name));
		const id = Math.max(FIRST_ID[this.bot] - 1, ...this.rows.map((row) => row.id)) + 1;
		const row = { id, name: free ?? `${names[0]} ${id}`, language: pageLanguage() };
		this.rows.push(row);
		this.currentId = id;
		this.save();
		return row;
	}

	choose(id) {
		if (this.rows.some((row) => row.id === id)) this.currentId = id;
		this.save();
	}

	change(fields) {
		Object.assign(this.current, fields);
		this.save();
	}

	// What the sandbox knows: users whom a test or another window made join in. True: something changed.
	merge(items) {
		let changed = false;
		for (const item of items) {
			const row = this.rows.find((each) => each.id === item.id);
			const fields = { id: item.id, name: [item.first_name, item.last_name].filter(Boolean).join(" ") };
			if (item.language_code) fields.language = item.language_code;
			if (!row) this.rows.push({ language: "en", ...fields });
			else if (row.name === fields.name && (!fields.language || row.language === fields.language)) continue;
			else Object.assign(row, fields);
			changed = true;
		}
		if (changed) this.save();
		return changed;
	}
}

// A stable tint, 0..5, for a face.
export const tintOf = (id) => id % 6;
export const initialOf = (name) => [...name.trim()][0]?.toUpperCase() ?? "?";
