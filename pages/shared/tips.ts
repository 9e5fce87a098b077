/* Tips, whoever works on them, and the way in from WeChat, as in api/shapes_tips.py. */

import type { AreaShareView, IncidentState, PositionView, Problem, WhoView } from './types';

export interface TipReplyIn {
  key: string;
  event: 'ask' | 'answer' | 'close' | 'reject' | 'supplement' | 'reopen';
  text: string;
}

export interface TipNoteIn {
  key: string;
  text: string;
}

export interface TipLinkIn {
  other: string;
}

/** `category` not there: as it is. `add` and `remove` are tags. */
export interface TipLabelsIn {
  category?: TipCategory | null;
  add?: string[];
  remove?: string[];
}

/** One text to the residents of these tips, 50 at most. */
export interface TipRepliesIn {
  key: string;
  event: 'answer' | 'close';
  text: string;
  tips: string[];
}

export interface TipViewingIn {
  writing?: boolean;
}

export interface TipUrgentIn {
  urgent: boolean;
}

export interface HandOverIn {
  station: string;
  text?: string;
}

export interface TipIncidentIn {
  text?: string;
}

export type TipState = 'SUBMITTED' | 'ASSIGNED' | 'ANSWERED' | 'CLOSED' | 'REJECTED';
/** What became of the last reply on its way to the resident. */
export type TipTold = '' | 'SENT' | 'WAITING' | 'FAILED' | 'UNKNOWN' | 'NOBODY';
export type TipCategory = '' | 'noise' | 'fraud' | 'family' | 'neighbours' | 'traffic' | 'fire' | 'suspicious' | 'theft' | 'gambling' | 'drugs' | 'missing' | 'lost' | 'animals' | 'other';
export type TipNext = 'take' | 'answer' | 'wait' | 'close' | '110' | 'over';
export type MessageState = 'QUEUED' | 'SENDING' | 'SENT' | 'FAILED';

/** A tip in the inbox. `waiting_since`: since when the resident waits for an answer, `due_at` until when he is to get it; `unread` of my own list. */
export interface TipView {
  id: string;
  number: string;
  version: number;
  state: TipState;
  station: string;
  station_name: string;
  community: string | null;
  community_name: string;
  officer: string | null;
  officer_name: string;
  called: string[];
  opened_at: number;
  updated_at: number;
  taken_at: number | null;
  answered_at: number | null;
  closed_at: number | null;
  waiting_since: number | null;
  due_at: number | null;
  next: TipNext;
  told: TipTold;
  incident: string | null;
  anonymous: boolean;
  reopened: number;
  urgent: boolean;
  /** Empty until an officer says what it is about. */
  category: TipCategory;
  tags: string[];
  /** The same in tips that officers linked: they tell of one event. */
  event: string | null;
  unread: number;
  pictures: number;
  first: string;
  position: PositionView | null;
  place: string;
  areas: AreaShareView[];
}

export interface TipList {
  tips: TipView[];
  next: number | null;
}

/** Of all, not of a page; `unread` of my own list. */
export interface TipCounts {
  open: number;
  waiting: number;
  longest: number | null;
  overdue: number;
  unread: number;
}

/** `text` is null when there is none, or (`damaged`) when its seal cannot be opened. */
export interface TipEntryView {
  seq: number;
  at: number;
  who: WhoView;
  what: string;
  text: string | null;
  data: Record<string, unknown>;
  hash: string;
  damaged: boolean;
}

/** `reason` no_credit: it waits until the resident writes again. */
export interface TipSending {
  seq: number | null;
  state: MessageState;
  reason: string;
  created_at: number;
  sent_at: number | null;
  by: string;
}

export interface TipThread {
  tip: TipView;
  named: string;
  entries: TipEntryView[];
  sending: TipSending[];
  followed: TipIncidentView | null;
}

/** How the incident stands that the tip became. */
export interface TipIncidentView {
  number: string;
  state: IncidentState;
  raised_at: number;
  closed_at: number | null;
}

/** A tip that I handed over and nobody took yet. */
export interface HandedTip {
  id: string;
  number: string;
  station: string;
  station_name: string;
  at: number;
}

export interface HandedTipList {
  tips: HandedTip[];
}

/** What the tip behind an incident has to show: its lines `upload`. */
export interface TipFiles {
  number: string;
  files: TipEntryView[];
}

export interface PreparedAnswerIn {
  key: string;
  text: string;
}

export interface PreparedAnswerChangeIn {
  version: number;
  text: string;
}

/** A text that officers of a station say often; {编号} and {派出所} stand for the number of a tip and its station. */
export interface PreparedAnswerView {
  id: string;
  text: string;
  version: number;
}

/** `most` is how many a station may have. */
export interface PreparedAnswerList {
  answers: PreparedAnswerView[];
  most: number;
}

export interface ColleagueView {
  id: string;
  name: string;
  communities: string[];
  away_until: number | null;
}

export interface ColleagueList {
  colleagues: ColleagueView[];
}

/** What `wx.config` needs for one page address, and where its script is. */
export interface JsSdkView {
  appid: string;
  timestamp: number;
  nonce: string;
  signature: string;
  script: string;
}

/** The tips that tell of one event, the oldest first; only the one asked for when it is linked with none. */
export interface TipEvent {
  tips: TipView[];
}

/** What became of one text in one tip of an event. */
export interface TipSaid {
  id: string;
  number: string;
  problem: Problem | null;
}

export interface TipSaidList {
  rows: TipSaid[];
}

export interface TipViewer {
  name: string;
  writing: boolean;
}

/** Who else has the tip open; after `again_ms` a page says so again. */
export interface TipViewers {
  people: TipViewer[];
  again_ms: number;
}
