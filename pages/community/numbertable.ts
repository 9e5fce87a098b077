/* A row of numbers as words, and the order of rows by any of its columns. */

import type { NumbersRow, TipNumbers } from '../shared/numbers';
import { percent, span } from './inbox';
import { n } from './numberwords';

export const COLUMNS = ['name', 'tips', 'answered', 'oldest', 'p50', 'p90', 'reopened', 'notices', 'groups', 'silent', 'members'] as const;
export type Column = (typeof COLUMNS)[number];
export interface Order { by: Column; down: boolean }

/** What a column is ordered by; null goes last, whichever way. */
export function worth(row: NumbersRow, by: Column, until: number): number | string | null {
  const { now } = row;
  switch (by) {
    case 'name': return row.name;
    case 'tips': return now.tips;
    case 'answered': return now.tips && now.answered !== null ? now.answered / now.tips : null;
    case 'oldest': return row.oldest === null ? null : until - row.oldest;
    case 'p50': return now.answer_p50;
    case 'p90': return now.answer_p90;
    case 'reopened': return now.tips && now.reopened !== null ? now.reopened / now.tips : null;
    default: return row[by];
  }
}

export function sorted(rows: readonly NumbersRow[], { by, down }: Order, until: number): NumbersRow[] {
  const sign = down ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [worth(one, by, until), worth(other, by, until)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    if (typeof a === 'string' || typeof b === 'string') return sign * String(a).localeCompare(String(b), 'zh-CN');
    return sign * (a - b);
  });
}

/** A name begins with A, a number with the largest; pressed again it turns round. */
export function turned(order: Order, by: Column): Order {
  return order.by === by ? { by, down: !order.down } : { by, down: by !== 'name' };
}

/** "11 / 210", of all tips and not of those that were answered. */
export function answeredOf(it: TipNumbers): string {
  return it.tips === null || it.answered === null ? n('hidden') : n('of', { a: it.answered, b: it.tips });
}

export function shareOf(part: number | null, whole: number | null): string {
  if (part === null || whole === null) return n('hidden');
  return whole ? n('share', { n: percent(part, whole) }) : '—';
}

export function timeOf(it: TipNumbers, share: 50 | 90): string {
  const ms = share === 50 ? it.answer_p50 : it.answer_p90;
  if (ms === null) return '—';
  return it.least.includes(share) ? n('least', { t: span(ms) }) : span(ms);
}

/** How it changed since the time before; empty when either is hidden. */
export function trend(present: number | null, before: number | null): string {
  if (present === null || before === null) return '';
  if (present === before) return n('as_before');
  return n(present > before ? 'more_than' : 'less_than', { n: Math.abs(present - before) });
}
