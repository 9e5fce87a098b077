/* How far help has come, as the caller reads it: six steps and one sentence, from the incident alone. */

import type { CallerStation, CallerView, ResponderState } from '../shared/types';
import { t, type words } from './words';

export const STEPS = ['received', 'answered', 'station', 'joined', 'depart', 'arrive'] as const;
export type Step = (typeof STEPS)[number];
export interface Progress {
  done: Record<Step, boolean>;
  /** The last step reached. */
  at: Step;
  sentence: string;
}

const RANK: Record<ResponderState, number> = {
  STOOD_DOWN: -1, ASSIGNED: 0, ACKNOWLEDGED: 1, EN_ROUTE: 2, ON_SCENE: 3, CLEARED: 4,
};
const SAID: Record<number, keyof typeof words> = {
  0: 'say_station', 1: 'say_acknowledged', 2: 'say_depart', 3: 'say_arrive', 4: 'say_done',
};

/** Stations of this round: what was finished before the report was raised again does not count. */
function present(view: CallerView): CallerStation[] {
  const again = view.entries.filter((entry) => entry.what === 'incident.reopened').pop();
  const busy = going(view);
  if (view.answered_at === null || view.state === 'RAISED') return again ? busy : [];
  return again ? view.stations.filter((one) => one.at >= again.at || busy.indexOf(one) >= 0) : view.stations;
}

/** Stations that took it and are not done, whatever became of call and case. */
export function going(view: CallerView): CallerStation[] {
  return view.stations.filter((one) => RANK[one.state] >= 1 && one.state !== 'CLEARED');
}

export function progress(view: CallerView | null): Progress {
  const stations = view ? present(view) : [];
  const best = stations.reduce<CallerStation | null>(
    (one, other) => (!one || RANK[other.state] > RANK[one.state] ? other : one), null,
  );
  const rank = best ? RANK[best.state] : -1;
  const officer = view ? view.participants.find((one) => one.role === 'STATION' && one.state === 'JOINED') : undefined;
  const done: Record<Step, boolean> = {
    received: true,
    answered: view !== null && view.answered_at !== null && view.state !== 'RAISED',
    station: rank >= 0,
    joined: officer !== undefined || rank >= 1,
    depart: rank >= 2,
    arrive: rank >= 3,
  };
  const at = STEPS.reduce((last, step) => (done[step] ? step : last), 'received' as Step);
  const name = best ? best.name : '';
  const sentence = officer && rank < 2 ? t('say_joined', { name: name || officer.name })
    : rank >= 0 ? t(SAID[rank], { name })
      : done.answered ? t('say_answered') : t('say_received');
  return { done, at, sentence };
}
