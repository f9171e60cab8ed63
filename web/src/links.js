// web/src/links.js -- finds the web addresses in a text, so that they can be followed; pure.

// Punctuation at the end belongs to the sentence, a closing bracket to whatever it closes.
const ADDRESS = /https?:\/\/[^\s<>"«»]+/gi;
const TAIL = /[.,;:!?'…]+$/;

function trimmed(address) {
	let text = address.replace(TAIL, '');
	while (/[)\]]$/.test(text) && !/[([]/.test(text))
		text = text.slice(0, -1).replace(TAIL, '');
	return text;
}

// The parts of a text in order: {text} or {text, href}; joined they are the text.
export function splitLinks(text) {
	const parts = [];
	let at = 0;
	for (const match of text.matchAll(ADDRESS)) {
		const address = trimmed(match[0]);
		if (!URL.canParse(address))
			continue;
		if (match.index > at)
			parts.push({ text: text.slice(at, match.index) });
		parts.push({ text: address, href: address });
		at = match.index + address.length;
	}
	if (at < text.length)
		parts.push({ text: text.slice(at) });
	return parts;
}
