/* Recurring notices and the calendar, as in api/shapes_recurring.py. */

import type { NoticeState } from './notices';

export type Repeat = 'WEEKLY' | 'MONTHLY';
export type RecurringState = 'ACTIVE' | 'STOPPED';

/** `weekdays` (0 is Monday) count for WEEKLY, `day` for MONTHLY; `minute` of the day, in China's time. */
export interface RecurringIn {
  key: string;
  title: string;
  text: string;
  communities: string[];
  repeat: Repeat;
  minute: number;
  link?: string;
  valid_days?: number;
  weekdays?: number[];
  day?: number;
}

export interface RecurringChange {
  version: number;
  title: string;
  text: string;
  communities: string[];
  repeat: Repeat;
  minute: number;
  link?: string;
  valid_days?: number;
  weekdays?: number[];
  day?: number;
}

export interface RecurringView {
  id: string;
  version: number;
  state: RecurringState;
  station: string | null;
  station_name: string;
  author: string;
  author_name: string;
  title: string;
  text: string;
  link: string;
  valid_days: number;
  communities: string[];
  left_out: string[];
  repeat: Repeat;
  weekdays: number[];
  day: number;
  minute: number;
  /** When it is due next, Unix ms; empty: it is stopped. */
  next: number[];
  /** Of the first of those, the notice that was made already; empty: none. */
  made: string;
  /** Why it stopped: hand, author or communities. */
  reason: string;
  stopped_at: number | null;
  updated_at: number;
}

export interface RecurringList {
  recurring: RecurringView[];
  most: number;
}

/** `id` is the notice's; of a recurring one that is not made yet `state` is null and `id` the rule's. */
export interface PlannedNotice {
  id: string;
  at: number;
  title: string;
  state: NoticeState | null;
  urgent: boolean;
  communities: number;
}

export interface NoticeCalendar {
  month: string;
  planned: PlannedNotice[];
  more: boolean;
}
