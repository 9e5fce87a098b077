import { useEffect, useRef } from 'preact/hooks';
import { awayIn, staying, type Away } from '../shared/away';
import { language, listed } from '../shared/i18n';
import type { CallerView } from '../shared/types';
import type { Session } from './session';
import { t } from './words';

/** How long "please wait" is said before the other way to help is. */
export const LONG_MS = 60_000;

/** Nobody at the desk talks with the caller: away in another call, or (`through`) being put through. */
export interface Alone extends Omit<Away, 'name'> { through: boolean }

/** Null while the dispatcher is in the call, or nobody has answered yet. */
export function awayFrom(view: CallerView | null): Alone | null {
  if (!view || (view.state !== 'ANSWERED' && view.state !== 'DISPATCHED')) return null;
  if (view.put_through_since) return { since: view.put_through_since, staying: staying(view.participants), through: true };
  const away = awayIn(view.participants);
  return away && { since: away.since, staying: away.staying, through: false };
}

export function awaySentence({ since, staying: names, through }: Alone, at: number): string {
  if (names.length) return t(through ? 'through_with' : 'away_with', { names: listed(names) });
  if (at - since >= LONG_MS) return t(through ? 'through_long' : 'away_long');
  return t(through ? 'through' : 'away');
}

let context: AudioContext | null = null;

/** Two notes, falling when he goes and rising when he comes. */
function chime(notes: readonly number[]): void {
  if (typeof AudioContext === 'undefined') return;
  context = context || new AudioContext();
  const { currentTime, destination } = context;
  notes.forEach((hertz, i) => {
    if (!context) return;
    const at = currentTime + 0.05 + i * 0.25;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.2, at + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.24);
    tone.connect(volume);
    volume.connect(destination);
    tone.start(at);
    tone.stop(at + 0.25);
  });
}

function speak(words: string): void {
  if (typeof speechSynthesis === 'undefined' || typeof SpeechSynthesisUtterance === 'undefined') return;
  const spoken = new SpeechSynthesisUtterance(words);
  spoken.lang = language();
  speechSynthesis.cancel();
  speechSynthesis.speak(spoken);
}

/** Sounded and spoken in a call with sound; never on a silent page, which does not use this. */
export function useAwaySound(session: Session, words: string): void {
  const heard = session.line.state === 'connected';
  const before = useRef('');
  useEffect(() => {
    if (heard && !session.silent && words !== before.current) {
      if (!before.current || !words) chime(words ? [660, 495] : [495, 660]);
      speak(words || t('away_back'));
    }
    before.current = words;
  }, [words]);
}
