/*
 * Asks for position, camera and microphone, one after the other, each with its reason on the screen
 * while the browser asks. A refusal is an answer: the page goes on with what there is.
 */

import { Obstructed, openTrack, type Facing, type Obstacle } from '../shared/camera';
import type { Tracker } from './tracker';

export type Permit = 'position' | 'camera' | 'microphone';
export type PermitState = 'unasked' | 'asking' | 'given' | 'skipped' | Obstacle;

const POSITION_MS = 15000;

export class Permits {
  readonly state: Record<Permit, PermitState> = {
    position: 'unasked', camera: 'unasked', microphone: 'unasked',
  };
  /** What is being asked for now. */
  asking: Permit | null = null;
  facing: Facing = 'environment';

  private readonly tracker: Tracker;
  private readonly take: (kind: 'audio' | 'video', track: MediaStreamTrack | null) => void;
  private readonly changed: () => void;
  private skip: (() => void) | null = null;
  private over = false;

  constructor(
    tracker: Tracker,
    take: (kind: 'audio' | 'video', track: MediaStreamTrack | null) => void,
    changed: () => void,
  ) {
    this.tracker = tracker;
    this.take = take;
    this.changed = changed;
  }

  async run(which: readonly Permit[]): Promise<void> {
    for (const permit of which) {
      if (this.over) return;
      if (this.state[permit] !== 'given') await this.ask(permit);
    }
  }

  /** The person does not want to be asked for this now. */
  skipPresent(): void {
    // A watch that was begun would still find the place later: no means no.
    if (this.asking === 'position') this.tracker.stop();
    if (this.skip) this.skip();
  }

  async ask(permit: Permit): Promise<void> {
    this.asking = permit;
    this.set(permit, 'asking');
    const skipped = new Promise<PermitState>((resolve) => { this.skip = () => resolve('skipped'); });
    const answer = permit === 'position' ? this.position() : this.device(permit);
    const state = await Promise.race([answer, skipped]);
    this.skip = null;
    this.asking = null;
    this.set(permit, state);
    // The browser may still get its answer after a skip; it counts then.
    void answer.then((late) => { if (late !== state && late === 'given') this.set(permit, late); });
  }

  /** Nothing is asked for any more, and the tracks that come late are let go. */
  end(): void {
    this.over = true;
    if (this.skip) this.skip();
  }

  private async device(permit: Permit): Promise<PermitState> {
    const kind = permit === 'camera' ? 'video' : 'audio';
    try {
      const track = await openTrack(kind, this.facing);
      if (this.over) {
        track.stop();
        return 'skipped';
      }
      // A camera or microphone can be taken away while it runs: unplugged, a phone call, the system.
      track.onended = () => {
        this.take(kind, null);
        this.set(permit, 'busy');
      };
      this.take(kind, track);
      return 'given';
    } catch (error) {
      return error instanceof Obstructed ? error.obstacle : 'absent';
    }
  }

  private position(): Promise<PermitState> {
    return new Promise((resolve) => {
      const started = Date.now();
      this.tracker.start();
      const look = setInterval(() => {
        const { state } = this.tracker;
        const late = Date.now() - started > POSITION_MS;
        if (state === 'asking' && !late) return;
        clearInterval(look);
        resolve(state === 'on' ? 'given' : state === 'refused' ? 'refused' : 'absent');
      }, 100);
    });
  }

  private set(permit: Permit, state: PermitState): void {
    this.state[permit] = state;
    this.changed();
  }
}
