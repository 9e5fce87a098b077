/*
 * The ring: two notes, again and again, louder after ten seconds, with vibration where there is any.
 * Browsers are mute until the page was touched once; `ready` says whether it may sound.
 */

const EVERY_MS = 1800;
const LOUDER_AFTER = 6;

export class Ringer {
  private audio: AudioContext | null = null;
  private timer = 0;
  private rung = 0;

  constructor() {
    const wake = (): void => this.wake();
    for (const event of ['pointerdown', 'keydown']) window.addEventListener(event, wake);
  }

  get ready(): boolean {
    return this.audio !== null && this.audio.state === 'running';
  }

  get ringing(): boolean {
    return this.timer !== 0;
  }

  /** Must be called from a touch or key press once. */
  wake(): void {
    if (typeof AudioContext === 'undefined') return;
    if (!this.audio) this.audio = new AudioContext();
    if (this.audio.state !== 'running') void this.audio.resume().catch(() => undefined);
  }

  start(): void {
    if (this.timer) return;
    this.rung = 0;
    this.strike();
    this.timer = window.setInterval(() => this.strike(), EVERY_MS);
  }

  stop(): void {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = 0;
    if (navigator.vibrate) navigator.vibrate(0);
  }

  /** One ring, to hear whether it is loud enough. */
  strike(): void {
    this.rung += 1;
    const loud = this.rung > LOUDER_AFTER ? 0.5 : 0.25;
    if (this.ringing || this.rung === 1) {
      try {
        if (navigator.vibrate) navigator.vibrate([300, 150, 300]);
      } catch {
        // Refused before the first touch.
      }
    }
    this.sound([880, 1175, 880, 1175], loud);
  }

  /** Somebody wrote in an incident that is not open; while it rings, that is heard anyway. */
  chime(): void {
    if (this.ringing) return;
    try {
      if (navigator.vibrate) navigator.vibrate(120);
    } catch {
      // Refused before the first touch.
    }
    this.sound([660, 880], 0.2);
  }

  private sound(notes: readonly number[], loud: number): void {
    if (!this.audio || this.audio.state !== 'running') return;
    const { currentTime, destination } = this.audio;
    notes.forEach((frequency, i) => {
      if (!this.audio) return;
      const tone = this.audio.createOscillator();
      const volume = this.audio.createGain();
      const at = currentTime + i * 0.19;
      tone.type = 'triangle';
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(loud, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, at + 0.18);
      tone.connect(volume).connect(destination);
      tone.start(at);
      tone.stop(at + 0.2);
    });
  }
}
