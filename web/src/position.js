// web/src/position.js -- up to which event this browser has seen everything, and of which epoch.

// Before the stream runs, whatever is loaded first decides where it must start: at the smallest
// as_of_seq, so that nothing between two loads is missed. Once it runs, only events move it.
// start: the event the stream began after.
export const position = { epoch: null, seq: 0, streaming: false, start: 0 };

export function followFrom(epoch, seq) {
	if (position.streaming || epoch === undefined || seq === undefined)
		return;
	if (position.epoch !== epoch)
		Object.assign(position, { epoch, seq });
	else
		position.seq = Math.min(position.seq, seq);
}

// The stream runs from here on.
export function beginStreaming() {
	position.streaming = true;
	position.start = position.seq;
}

// Read before the place the stream began at, and come after it: events in between are missing in
// it, so it must be read again.
export function hasGap(epoch, seq) {
	return position.streaming && (epoch !== position.epoch || seq < position.start);
}

export function moveTo(epoch, seq) {
	Object.assign(position, { epoch, seq });
}

export function resetPosition() {
	Object.assign(position, { epoch: null, seq: 0, streaming: false, start: 0 });
}
