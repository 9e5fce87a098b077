/* What the pages of online 110 send, as in api/bodies.py; of tips and notices in tips.ts and notices.ts. */

import type { Datum, Disposition, Gravity, HangUp, Kind, Role, Source } from './types';

export interface PositionIn {
  lon: number;
  lat: number;
  datum: Datum;
  accuracy?: number | null;
  altitude?: number | null;
  source?: Source;
  at?: number | null;
}

export interface FixIn {
  lon: number;
  lat: number;
  datum: Datum;
  accuracy?: number | null;
  altitude?: number | null;
  source?: Source;
  at?: number | null;
  /** The device's clock while sending, against which `at` counts. */
  device_at?: number | null;
}

/** How far a page has a thread, and how far it stood on a screen, as `seq` of entries. */
export interface ReadIn {
  received: number;
  read: number;
}

export interface MessageIn {
  key: string;
  text: string;
  device_at?: number | null;
  kind?: Kind | null;
  /** What it asks for: the other side's page brings the buttons. */
  ask?: 'yes_no' | null;
}

/** A line of the caller's; `answers` is the `seq` of the question it answers. */
export interface LineIn {
  text: string;
  key?: string | null;
  device_at?: number | null;
  kind?: Kind | null;
  answers?: number | null;
}

export interface ReturnIn {
  changed?: boolean;
  call?: boolean;
}

export interface HangUpIn {
  reason?: HangUp | 'CANNOT_SPEAK' | null;
}

export interface ContactIn {
  contact?: string;
}

export interface RadioIn {
  station: string;
  event: string;
}

export interface LoginIn {
  login: string;
  password: string;
  code?: string | null;
  recovery?: string | null;
}

export interface DemoLoginIn {
  login: string;
}

export interface DispatchIn {
  station: string;
  reason?: string;
}

export interface StandDownIn {
  station: string;
  reason?: string;
}

export interface RespondIn {
  event: string;
  device_at?: number | null;
}

export interface DescribeIn {
  kind?: Kind | null;
  note?: string | null;
  place?: PositionIn | null;
}

/** By hand; null: what words and kind say counts again. */
export interface PriorityIn {
  priority: Gravity | null;
}

export interface CloseIn {
  disposition: Disposition;
  words?: string;
  stand_down?: boolean;
}

/** `to_station`: the station finishes the case. */
export interface EndCallIn {
  to_station?: boolean;
}

export interface PersonIn {
  login: string;
  name: string;
  role: Role;
  password: string;
  station?: string | null;
  userid?: string | null;
  communities?: string[];
}

export interface PersonPatch {
  disabled?: boolean | null;
  role?: Role | null;
  station?: string | null;
  password?: string | null;
  reset_totp?: boolean;
  userid?: string | null;
  communities?: string[] | null;
  away_until?: number | null;
  deputy?: string | null;
  successor?: string | null;
}

export interface AwayIn {
  away_until: number | null;
  deputy?: string | null;
  hand_over?: boolean;
}

export interface ChargeTransferIn {
  to?: string | null;
  tips?: boolean;
  communities?: boolean;
  groups?: boolean;
}

export interface TakeOverIn {
  holder: string | null;
}

export interface ReassignIn {
  holder: string | null;
  to: string;
  text: string;
}

export interface EntryIn {
  ticket: string;
}

export interface PasswordIn {
  old: string;
  new: string;
}

export interface SecondFactorIn {
  password: string;
  code?: string | null;
  recovery?: string | null;
}

export interface CodeIn {
  code: string;
}
