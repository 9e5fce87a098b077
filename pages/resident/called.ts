/* 110 calls back: the page of somebody who hung up rings for half a minute. Never that of a silent report. */

import { useEffect } from 'preact/hooks';
import { now } from '../shared/clock';

export const RING_MS = 30000;
const EVERY_MS = 2000;

/** Whether it rings now. */
export function ringing(calledAt: number | null, at = now()): boolean {
  return calledAt !== null && at - calledAt < RING_MS;
}

/** Two short tones and a vibration, as far as the phone lets a page. */
function once(audio: AudioContext | null): void {
  if (navigator.vibrate) navigator.vibrate([400, 200, 400]);
  if (!audio) return;
  for (const start of [0, 0.5]) {
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.frequency.value = 880;
    gain.gain.value = 0.2;
    tone.connect(gain);
    gain.connect(audio.destination);
    tone.start(audio.currentTime + start);
    tone.stop(audio.currentTime + start + 0.35);
  }
}

export function useRing(on: boolean): void {
  useEffect(() => {
    if (!on) return undefined;
    const audio = typeof AudioContext === 'undefined' ? null : new AudioContext();
    once(audio);
    const timer = setInterval(() => once(audio), EVERY_MS);
    return () => {
      clearInterval(timer);
      if (navigator.vibrate) navigator.vibrate(0);
      if (audio) void audio.close();
    };
  }, [on]);
}
