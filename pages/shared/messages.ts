/* What goes over the live feed, as in api/messages.py (api/LIVE.md says when). */

import type { CallerView, IncidentView, MeView, StationReach } from './types';

/** `state` up or down; `journaled` reports wait on disk for the store to come back; `disk_low`: less than 3 GiB or 5 % is free; `unreadable`: numbers of open incidents that this version of the server cannot read. */
export interface StoreState {
  type: 'store';
  state: string;
  journaled: number;
  disk_low: boolean;
  unreadable: string[];
}

/** Everything this screen shows, as of now. `reason` is first or lost. With `more` the rest follows. */
export interface Snapshot {
  type: 'snapshot';
  reason: string;
  me: MeView;
  incidents: IncidentView[];
  store: string;
  journaled: number;
  disk_low: boolean;
  unreadable: string[];
  at: number;
  more: boolean;
}

/** More incidents of the snapshot; without `more` the last. */
export interface SnapshotPart {
  type: 'part';
  incidents: IncidentView[];
  more: boolean;
}

/** An incident as it is now; keep the higher `version`. */
export interface IncidentChange {
  type: 'incident';
  incident: IncidentView;
}

/** An incident this screen may no longer show. */
export interface PresenceOf {
  type: 'presence';
  id: string;
  present: boolean;
  confirmed_at: number | null;
}

export interface IncidentGone {
  type: 'gone';
  id: string;
}

/** Something of this kind changed; the page reads again what it shows. */
export interface Touched {
  type: 'touched';
  what: 'tips' | 'notices' | 'groups';
}

/** Of these stations a call reaches others than before. */
export interface Reach {
  type: 'reach';
  stations: StationReach[];
}

/** The caller's incident as it is now, with all its entries. */
export interface CallerSnapshot {
  type: 'caller';
  incident: CallerView;
  store: string;
  desks: boolean;
}

export interface Pong {
  type: 'pong';
  at: number;
  server_at: number;
}

export interface LiveProblem {
  type: 'error';
  code: string;
  title_zh: string;
  title_en: string;
}

/** The caller's first message. */
export interface Hello {
  type: 'hello';
  token: string;
}

export interface Ping {
  type: 'ping';
  at?: number;
  /** The caller's: the position is watched without an error, and the desk shows the last one sent. */
  still?: boolean;
}

export type LiveIn = Hello | Ping;
export type LiveOut =
  | Snapshot | SnapshotPart | IncidentChange | IncidentGone | PresenceOf | StoreState | Touched | Reach | CallerSnapshot | Pong | LiveProblem;
