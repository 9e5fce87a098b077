/* What is to be said of a group's owner: left, never confirms, another one is wanted or refused. */

import { listed, say, sentences } from '../shared/i18n';
import type { GroupView, NoOwner } from '../shared/notices';
import { MISSED } from './cover';
import { short } from './inbox';
import type { Tone } from './inbox';
import { t } from './words';

export interface Mark {
  tone: Tone;
  words: string;
}

const WHY = {
  unknown: 'why_unknown', unable: 'why_unable', often: 'why_often', day: 'why_many', gone: 'why_gone', right: 'why_right',
  silent: 'why_silent', other: 'why_other',
} as const satisfies Record<Exclude<NoOwner, ''>, string>;

/** The worst first; nothing when all is well. */
export function ownerMarks(group: GroupView): Mark[] {
  const marks: Mark[] = [];
  const names = listed(group.stand_ins.map((name) => short(name, group.station_name)));
  if (group.orphaned) marks.push({ tone: 'danger', words: sentences(t('o_left'), whatToDo(group, names)) });
  else if (group.missed_sends >= MISSED) {
    const others = group.stand_ins.length ? t('o_missed_to', { names }) : t('o_missed_nobody');
    marks.push({ tone: 'need', words: sentences(t('owner_missed', { n: group.missed_sends }) + say(['。', '.']), others) });
  }
  const n = short(group.next_owner, group.station_name);
  if (group.handing === 'ASKED') marks.push({ tone: 'need', words: t('o_asked', { n }) });
  if (group.handing === 'REFUSED') marks.push({ tone: 'danger', words: t('o_refused', { n, why: t(WHY[group.no_owner || 'other']) }) });
  return marks;
}

function whatToDo(group: GroupView, names: string): string {
  if (group.handing === 'ASKED') return '';
  if (group.stand_ins.length === 1 && group.handing !== 'REFUSED') return t('o_left_one', { names });
  if (!group.may_hand_over) return t('o_left_ask');
  return group.stand_ins.length ? t('o_left_to', { names }) : t('o_left_nobody');
}
