/*
 * The sounds of the desk, made with WebAudio so that there is nothing to load.
 *
 * What rings is decided by documents (desk.ts), never here: this file is told a level and plays it.
 * Browsers keep an AudioContext asleep until somebody touches the page; `ring.blocked` says so.
 */
import { reactive } from 'vue';

/** quiet: nothing waits · fresh: somebody waits · late: over 15 s · grave: over a minute · cut: the desk itself is offline */
export type RingLevel = 'quiet' | 'fresh' | 'late' | 'grave' | 'cut';

interface Pattern { notes: number[]; step: number; pause: number; gain: number; shape: OscillatorType }

const PATTERNS: Record<Exclude<RingLevel, 'quiet'>, Pattern> = {
  fresh: { notes: [784, 988], step: 0.16, pause: 3.4, gain: 0.14, shape: 'sine' },
  late: { notes: [784, 988, 1175], step: 0.14, pause: 1.8, gain: 0.24, shape: 'triangle' },
  grave: { notes: [988, 1319, 988, 1319], step: 0.12, pause: 0.9, gain: 0.34, shape: 'triangle' },
  cut: { notes: [330, 262], step: 0.3, pause: 4, gain: 0.2, shape: 'triangle' },
};
/** While somebody is being talked to, the ring stays in the background. */
const IN_CALL = 0.3;

export const ring = reactive({ blocked: false, level: 'quiet' as RingLevel, muted: false });

let context: AudioContext | null = null;
let timer = 0;
let inCall = false;

function audio(): AudioContext | null {
  if (!context && typeof AudioContext !== 'undefined') {
    context = new AudioContext();
    context.onstatechange = () => { ring.blocked = context?.state === 'suspended'; };
    ring.blocked = context.state === 'suspended';
  }
  return context;
}

function note(at: number, hertz: number, seconds: number, gain: number, shape: OscillatorType): void {
  const out = audio();
  if (!out) return;
  const tone = out.createOscillator();
  const volume = out.createGain();
  tone.type = shape;
  tone.frequency.value = hertz;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(gain, at + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + seconds);
  tone.connect(volume).connect(out.destination);
  tone.start(at);
  tone.stop(at + seconds);
}

function play(): void {
  window.clearTimeout(timer);
  if (ring.level === 'quiet') return;
  const { notes, step, pause, gain, shape } = PATTERNS[ring.level];
  const out = audio();
  const loud = gain * (inCall ? IN_CALL : 1);
  if (out && out.state === 'running' && !ring.muted) {
    notes.forEach((hertz, at) => note(out.currentTime + 0.02 + at * step, hertz, step * 1.9, loud, shape));
  }
  timer = window.setTimeout(play, (notes.length * step + pause) * 1000);
}

/** Rings at this level from now on; the same level again changes nothing. */
export function setRing(level: RingLevel, talking: boolean): void {
  inCall = talking;
  if (level === ring.level) return;
  ring.level = level;
  play();
}

/** Wakes the sound up; call it from a click or a key. */
export function allowRing(): void {
  const out = audio();
  if (!out || out.state === 'running') return;
  out.resume().then(play, () => { ring.blocked = true; });
}

/** One short tone: something arrived in the open incident. */
export function chime(): void {
  const out = audio();
  if (out && out.state === 'running' && !ring.muted) note(out.currentTime + 0.01, 1047, 0.18, 0.07, 'sine');
}

/** Three falling tones: an incident of mine was taken over. Heard in a call, too. */
export function takenTone(): void {
  const out = audio();
  if (!out || out.state !== 'running' || ring.muted) return;
  [880, 659, 440].forEach((hertz, at) => note(out.currentTime + 0.02 + at * 0.2, hertz, 0.34, 0.22, 'triangle'));
}

/** The first touch of the page, whatever it was, wakes the sound. */
export function listenForTouch(): void {
  audio();
  for (const event of ['pointerdown', 'keydown']) window.addEventListener(event, allowRing, { capture: true });
}
