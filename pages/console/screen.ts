/* Which video elements are on the screen, and the network in plain words. */
import type { RemoteParticipant } from '../shared/call';
import { RUNGS, word } from '../shared/words';
import { t } from './words';

/** The element that shows a participant, for snapshots. */
export const onScreen = new Map<string, HTMLVideoElement>();

export type Tone = 'well' | 'need' | 'danger' | 'over';

/** Beyond these a conversation is noticeably disturbed: loss as a share, round trip in ms. */
const WEAK = { loss: 0.04, rtt: 500 };
const BAD = { loss: 0.15, rtt: 1200 };

export function qualityOf(who: Pick<RemoteParticipant, 'quality' | 'rung'>): { tone: Tone; words: string } {
  const { quality, rung } = who;
  if (rung !== 'video') return { tone: rung === 'small' ? 'need' : 'danger', words: word(RUNGS, rung) };
  if (!quality) return { tone: 'over', words: t('quality.none') };
  if (quality.loss >= BAD.loss || quality.rtt_ms >= BAD.rtt) return { tone: 'danger', words: t('quality.bad') };
  if (quality.loss >= WEAK.loss || quality.rtt_ms >= WEAK.rtt) return { tone: 'need', words: t('quality.fair') };
  return { tone: 'well', words: t('quality.good') };
}
