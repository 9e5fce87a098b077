/* A recurring notice while it is written, and when it is, in words. */

import { listed } from '../shared/i18n';
import type { RecurringChange, RecurringIn, RecurringView, Repeat } from '../shared/recurring';
import { CHINA_MS, timeIn } from './calendar';
import { r } from './recurwords';

export const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6] as const;

export interface Rule {
  key: string;
  version: number;
  title: string;
  text: string;
  link: string;
  valid_days: number;
  communities: string[];
  repeat: Repeat;
  weekdays: number[];
  day: number;
  /** As a time field gives it. */
  time: string;
}

export function newRule(key: string): Rule {
  return { key, version: 0, title: '', text: '', link: '', valid_days: 2, communities: [], repeat: 'WEEKLY', weekdays: [], day: 1, time: '09:00' };
}

export function ruleOf(one: RecurringView): Rule {
  const { version, title, text, link, valid_days, communities, repeat, weekdays, day } = one;
  return { key: '', version, title, text, link, valid_days, communities: [...communities], repeat, weekdays: [...weekdays], day, time: clock(one.minute) };
}

export function clock(minute: number): string {
  const two = (n: number): string => (n < 10 ? '0' : '') + n;
  return two(Math.floor(minute / 60)) + ':' + two(minute % 60);
}

/** Minutes of the day; null: it is no time. */
export function minuteOf(time: string): number | null {
  const found = /^(\d{2}):(\d{2})/.exec(time);
  const minute = found ? Number(found[1]) * 60 + Number(found[2]) : NaN;
  return minute >= 0 && minute < 1440 ? minute : null;
}

export function whenOf(one: { repeat: Repeat; weekdays: readonly number[]; day: number; minute: number }): string {
  const time = clock(one.minute);
  if (one.repeat === 'MONTHLY') return r('each_month', { n: one.day, time });
  return r('each_week', { days: listed(one.weekdays.map((n) => r(`d${n as 0}`))), time });
}

/** A time as a calendar in China shows it, like the time that was written. */
export function dayAndTime(at: number): string {
  const china = new Date(at + CHINA_MS);
  const w = r(`d${((china.getUTCDay() + 6) % 7) as 0}`);
  return r('on', { y: china.getUTCFullYear(), m: china.getUTCMonth() + 1, d: china.getUTCDate(), w, time: timeIn(at) });
}

export function changeOf(rule: Rule, version: number): RecurringChange {
  const { title, text, link, valid_days, communities, repeat, weekdays, day, time } = rule;
  return {
    version, title: title.trim(), text, link: link.trim(), valid_days, communities, repeat, minute: minuteOf(time) || 0, day,
    weekdays: weekdays.slice().sort(),
  };
}

export function ruleIn(rule: Rule): RecurringIn {
  const { version: _, ...words } = changeOf(rule, 0);
  return { key: rule.key, ...words };
}
