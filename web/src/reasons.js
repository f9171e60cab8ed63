// web/src/reasons.js -- why Telegram refused a message, as a key of texts.js; pure.

// Matched in order against the reason the server recorded (our own word or Telegram's).
const REASONS = [
	[/blocked/i, 'blocked'],
	[/unreachable/i, 'unreachable'],
	[/deactivated/i, 'deactivated'],
	[/chat not found|chat_not_found|no.?chat/i, 'no-chat'],
	[/can'?t initiate|initiate conversation/i, 'not-started'],
	[/too long|too_long/i, 'too-long'],
	[/text is empty|text must be non-empty/i, 'empty'],
	[/too many requests|retry.?after/i, 'rate'],
	[/connect|resolve|timed? ?out|network/i, 'network'],
	[/unauthorized|\b401\b/i, 'token'],
];

// {key, params} for t().
export function reasonText(reason) {
	if (!reason)
		return { key: 'reason.none', params: {} };
	const known = REASONS.find(([pattern]) => pattern.test(reason));
	return known ? { key: `reason.${known[1]}`, params: {} } : { key: 'reason.other', params: { reason } };
}
