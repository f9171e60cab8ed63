// web/src/sse.js -- a streaming parser for text/event-stream, fed with decoded pieces as they come.

// Calls onEvent({id, event, data}) for each event, onComment(text) for each comment and
// onRetry(ms) for each retry line. An event cut off by the end of the stream is dropped, as the
// standard says. `id` is the id of this very event, undefined when it carries none.
export function createSseParser({ onEvent, onComment = () => {}, onRetry = () => {} }) {
	let rest = '';
	let skipLineFeed = false;
	let event = '';
	let data = null;
	let id;

	function dispatch() {
		if (data !== null)
			onEvent({ id, event: event || 'message', data });
		event = '';
		data = null;
		id = undefined;
	}

	function field(name, value) {
		if (name === 'data')
			data = data === null ? value : data + '\n' + value;
		else if (name === 'event')
			event = value;
		else if (name === 'id' && !value.includes('\0'))
			id = value;
		else if (name === 'retry' && /^[0-9]+$/.test(value))
			onRetry(Number(value));
	}

	function line(text) {
		if (text === '')
			return dispatch();
		const colon = text.indexOf(':');
		if (colon === 0)
			return onComment(text.slice(1).trim());
		if (colon < 0)
			return field(text, '');
		const value = text.slice(colon + 1);
		return field(text.slice(0, colon), value.startsWith(' ') ? value.slice(1) : value);
	}

	// Lines end in LF, CR or CRLF; a CR at the end of a piece may have its LF in the next one.
	return function feed(piece) {
		let text = piece;
		if (skipLineFeed && text.startsWith('\n'))
			text = text.slice(1);
		if (piece !== '')
			skipLineFeed = text.endsWith('\r');
		text = rest + text;
		let from = 0;
		for (let i = from; i < text.length; i++) {
			if (text[i] !== '\n' && text[i] !== '\r')
				continue;
			line(text.slice(from, i));
			if (text[i] === '\r' && text[i + 1] === '\n')
				i++;
			from = i + 1;
		}
		rest = text.slice(from);
	};
}

// "3-128" -> {epoch: 3, seq: 128}; null for anything else.
export function parseEventId(id) {
	const match = /^([0-9]+)-([0-9]+)$/.exec(id ?? '');
	return match ? { epoch: Number(match[1]), seq: Number(match[2]) } : null;
}
