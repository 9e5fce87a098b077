/* The days of a month, in China's time: all of China has one. */

import type { PlannedNotice } from '../shared/recurring';

export const CHINA_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

export interface Day {
  /** Of the month. */
  date: number;
  /** 0 is Monday. */
  weekday: number;
  today: boolean;
  planned: PlannedNotice[];
}

/** Of 2026-05, so many months later. */
export function monthBy(month: string, by: number): string {
  const all = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + by;
  return `${Math.floor(all / 12)}-${String((all % 12) + 1).padStart(2, '0')}`;
}

export function daysOf(month: string, planned: readonly PlannedNotice[], now: number): Day[] {
  const begins = Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)) - 1, 1) - CHINA_MS;
  const ends = Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 1) - CHINA_MS;
  const count = Math.round((ends - begins) / DAY_MS);
  return Array.from({ length: count }, (_, n) => {
    const from = begins + n * DAY_MS;
    const within = (at: number): boolean => at >= from && at < from + DAY_MS;
    return { date: n + 1, weekday: (new Date(from + CHINA_MS).getUTCDay() + 6) % 7, today: within(now), planned: planned.filter((one) => within(one.at)) };
  });
}

/** 09:30, as a clock in China shows it. */
export function timeIn(at: number): string {
  return new Date(at + CHINA_MS).toISOString().slice(11, 16);
}
