// web/src/contents.js -- what a message was that cannot be shown yet: "[photo] its caption"; pure.

const KINDS = new Set(['sticker', 'photo', 'voice', 'video', 'video_note', 'animation', 'audio', 'document', 'contact',
	'venue', 'location', 'poll', 'dice', 'game', 'story']);

// {kind, caption}: kind is the end of a content.* key of texts.js, caption may be empty.
export function contentOf(text) {
	const match = /^\[([a-z_]+)\]\s*(.*)$/s.exec(text ?? '');
	if (!match)
		return { kind: 'other', caption: text ?? '' };
	return { kind: KINDS.has(match[1]) ? match[1] : 'other', caption: match[2] };
}
