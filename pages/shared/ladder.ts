/*
 * The ladder of a publisher: video → small video → voice → stills. Going down is quick, going up is
 * slow, and slower each time it was too early; so a bad network does not flicker.
 */

import type { Quality, Rung } from './call';

export const LADDER: readonly Rung[] = ['video', 'small', 'audio', 'stills'];

const DOWN_AFTER = 3;
const UP_AFTER = 8;
const UP_SLOWEST = 60;

export class Ladder {
  rung: Rung = 'video';
  private strain = 0;
  private ease = 0;
  private patience = UP_AFTER;
  private climbed = false;

  /** Hears what the server receives (every 2 s); the rung to go to, or null to stay. */
  hear({ loss, rtt_ms }: Pick<Quality, 'loss' | 'rtt_ms'>): Rung | null {
    const awful = loss > 0.25 || rtt_ms > 2500;
    const bad = awful || loss > 0.1 || rtt_ms > 1200;
    const good = loss < 0.03 && rtt_ms < 700;
    this.strain = bad ? this.strain + (awful ? 2 : 1) : 0;
    this.ease = good ? this.ease + 1 : 0;
    const at = LADDER.indexOf(this.rung);
    if (this.strain >= DOWN_AFTER && at < LADDER.length - 1) {
      if (this.climbed) this.patience = Math.min(UP_SLOWEST, this.patience * 2);
      this.climbed = false;
      return this.go(LADDER[at + 1]);
    }
    if (this.ease >= this.patience && at > 0) {
      this.climbed = true;
      return this.go(LADDER[at - 1]);
    }
    return null;
  }

  private go(rung: Rung): Rung {
    this.rung = rung;
    this.strain = this.ease = 0;
    return rung;
  }
}
