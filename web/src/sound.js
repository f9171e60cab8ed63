// web/src/sound.js -- a short two-tone chime made with WebAudio; no file, no autoplay fight.

const NOTES = [{ hz: 660, at: 0 }, { hz: 880, at: 0.12 }];
const GAP_MS = 1_500;
let audio = null;
let lastAt = 0;
let leader = false;

// Browsers let a page make sound only after a person touched it.
function unlock() {
	audio ??= new AudioContext();
	audio.resume().catch(() => {});
}

// Of several tabs one rings: the one that holds the lock, until it is closed.
export function startSound() {
	for (const type of ['pointerdown', 'keydown'])
		window.addEventListener(type, unlock, { once: true });
	if (!navigator.locks) {
		leader = true;
		return;
	}
	navigator.locks.request('eco-sound', () => {
		leader = true;
		return new Promise(() => {});
	});
}

function playNote({ hz, at }) {
	const start = audio.currentTime + at;
	const tone = audio.createOscillator();
	const volume = audio.createGain();
	tone.frequency.value = hz;
	volume.gain.setValueAtTime(0, start);
	volume.gain.linearRampToValueAtTime(0.12, start + 0.02);
	volume.gain.exponentialRampToValueAtTime(0.001, start + 0.35);
	tone.connect(volume).connect(audio.destination);
	tone.start(start);
	tone.stop(start + 0.4);
}

export function playChime() {
	if (!leader || audio?.state !== 'running' || Date.now() - lastAt < GAP_MS)
		return;
	lastAt = Date.now();
	NOTES.forEach(playNote);
}
