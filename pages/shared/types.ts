/*
 * What goes over the wire, as in api/shapes.py: same names, same members (a test compares them; the
 * rest is in bodies.ts, messages.ts, tips.ts and notices.ts).
 * Times are Unix milliseconds, positions WGS-84 degrees, distances metres.
 */

export type Role =
  | 'RESIDENT'
  | 'DISPATCHER'
  | 'SUPERVISOR'
  | 'STATION_OFFICER'
  | 'COMMUNITY_OFFICER'
  | 'ADMIN';
export type CallState = 'RINGING' | 'ACTIVE' | 'ENDED' | 'ABANDONED';
export type ParticipantRole = 'CALLER' | 'DISPATCHER' | 'STATION' | 'GUEST';
export type ParticipantState = 'INVITED' | 'JOINED' | 'AWAY' | 'LEFT' | 'DECLINED';
export type Disposition =
  | 'RESOLVED'
  | 'TRANSFERRED'
  | 'ADVICE'
  | 'DUPLICATE'
  | 'FALSE_ALARM'
  | 'UNREACHABLE';
export type IncidentState = 'RAISED' | 'ANSWERED' | 'DISPATCHED' | 'CLOSED' | 'ABANDONED';
export type Kind =
  | 'UNKNOWN'
  | 'CRIME'
  | 'ORDER'
  | 'DISPUTE'
  | 'TRAFFIC'
  | 'LOST'
  | 'RESCUE'
  | 'FIRE'
  | 'MEDICAL'
  | 'FRAUD'
  | 'OTHER';
/** What words and kind say of danger; what is set by hand. */
export type Gravity = 'LIFE' | 'URGENT' | 'ORDINARY';
/** The classes of what waits, the most urgent first. */
export type Urgency = 'LIFE' | 'SILENT' | 'BACK' | 'URGENT' | 'ORDINARY';
export type Certainty = 'ONE' | 'BOTH' | 'ASK' | 'DEFAULT' | 'NONE';
export type Datum = 'WGS84' | 'GCJ02' | 'BD09';
export type Source = 'BROWSER' | 'WECHAT' | 'APP' | 'PICKED' | 'SPOKEN' | 'QR';
/** The page; the page, entered from the Official Account; what was written there; a tip handed over. */
export type Via = 'web' | 'wechat' | 'chat' | 'tip';
export type ResponderState =
  | 'ASSIGNED'
  | 'ACKNOWLEDGED'
  | 'EN_ROUTE'
  | 'ON_SCENE'
  | 'CLEARED'
  | 'STOOD_DOWN';

/** RFC 9457 problem details; `code` is stable, `title_zh` and `title_en` are for people. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  title_zh: string;
  title_en: string;
  detail?: string;
  facts?: Record<string, unknown>;
  request_id?: string;
}

export interface PositionView {
  lon: number;
  lat: number;
  accuracy: number | null;
  source: Source;
  at: number | null;
  received_at: number;
  /** When the device was there, by the server's clock. */
  taken_at: number;
  altitude: number | null;
  abroad: boolean;
  /** As of the answer; what is on a screen grows older: ask `isStale` of where.ts. */
  stale: boolean;
}

/** A station that may be responsible; `share` of the circle, `distance` in metres. */
export interface CandidateView {
  station: string;
  name: string;
  bureau: string;
  share: number;
  distance: number;
}

/** A bureau, community or grid that is possible; `share` of the circle. */
export interface AreaShareView {
  level: 'BUREAU' | 'STATION' | 'COMMUNITY' | 'GRID';
  id: string;
  name: string;
  share: number;
}

/** `grid`, `community` and `place` name only what has 0.8 of the circle or more. */
export interface LocatedView {
  certainty: Certainty;
  candidates: CandidateView[];
  why_zh: string;
  why_en: string;
  boundary_version: string;
  place: string;
  grid: string | null;
  community: string | null;
  areas: AreaShareView[];
}

/** The report is durable. `journaled`: kept on disk, because the store is away or slow, and stored as soon as it answers. */
export interface Receipt {
  id: string;
  number: string;
  token: string;
  raised_at: number;
  missing: string[];
  journaled: boolean;
  silent: boolean;
  external_id: string;
  /** A developer's test: nobody comes. */
  sandbox: boolean;
}

export interface WhoView {
  id: string;
  role: Role;
  name: string;
}

/** A log entry. `what` and `data` are described in `docs/log.md`. */
export interface EntryView {
  seq: number;
  at: number;
  device_at: number | null;
  who: WhoView;
  what: string;
  data: Record<string, unknown>;
  hash: string;
}

export interface ParticipantView {
  id: string;
  role: ParticipantRole;
  name: string;
  state: ParticipantState;
  person: string | null;
  station: string | null;
  invited_at: number;
  joined_at: number | null;
  left_at: number | null;
  /** Since when a dispatcher is in another call; `AWAY` while he is connected. */
  away_at: number | null;
  /** When a dispatcher answered, or came back. */
  turned_at: number | null;
}

export interface RecordingView {
  file: string;
  participant: string;
  role: ParticipantRole;
  started_at: number;
  seconds: number;
  bytes: number;
  sha256: string;
  video: boolean;
  audio: boolean;
}

export interface CallView {
  id: string;
  state: CallState;
  started_at: number;
  ended_at: number | null;
  participants: ParticipantView[];
  recordings: RecordingView[];
}

export type HangUp = 'MISTAKE' | 'OTHER_WAY';
/** The app a report came through, and whom it has verified; masked where the contact is. */
export interface ChannelView {
  name: string;
  person: string;
  telephone: string;
  external_id: string;
}
/** Whether the caller hung up, why, and how to reach him; `masked` for a station that is not at work. */
export interface CallerStanding {
  hung_up_at: number | null;
  hung_up: HangUp | null;
  called_back_at: number | null;
  contact: string;
  telephone: string | null;
  masked: boolean;
  channel: ChannelView | null;
}
/** Opens the report on another telephone until `expires_at`. */
export interface LinkView {
  path: string;
  expires_at: number;
}

export interface ResponderView {
  station: string;
  name: string;
  bureau: string;
  state: ResponderState;
  assigned_at: number;
  reason: string;
  officer_name: string;
  unanswered_at: number | null;
  /** The caller said that the situation changed, and nobody there has seen it yet. */
  changed_at: number | null;
  at: Record<string, number>;
  /** The dispatcher who heard a step by radio and recorded it, by state. */
  radio: Record<string, string>;
}

/**
 * An incident as staff see it. `entries` holds the whole log in answers to GET, only what is new
 * since the last message in the live feed, nothing in lists and snapshots. `messages`, `pictures`,
 * `voices`, `videos` count what the caller sent.
 */
export interface IncidentView {
  id: string;
  number: string;
  version: number;
  kind: Kind;
  silent: boolean;
  via: Via;
  state: IncidentState;
  raised_at: number;
  updated_at: number;
  answered_at: number | null;
  closed_at: number | null;
  unattended_at: number | null;
  unattended_cause: string | null;
  escalation: number;
  gravity: Gravity;
  /** What the desk set by hand: goes before `gravity`. */
  priority: Gravity | null;
  urgency: Urgency;
  /** How often the caller gave up and came back. */
  returns: number;
  reopened_at: number | null;
  /** When it began to wait this time; `raised_at` never changes. */
  waiting_since: number;
  /** Since then the station finishes the case. */
  handed_at: number | null;
  words: string;
  missing: string[];
  position: PositionView | null;
  located: LocatedView | null;
  place: PositionView | null;
  place_located: LocatedView | null;
  dispatcher: string | null;
  dispatcher_name: string;
  disposition: Disposition | null;
  calls: CallView[];
  responders: ResponderView[];
  messages: number;
  pictures: number;
  voices: number;
  videos: number;
  log_length: number;
  log_head: string;
  caller: CallerStanding;
  journaled: boolean;
  /** The caller's page is open. */
  present: boolean;
  /** When the page said last that the position has not changed. */
  confirmed_at: number | null;
  /** So many more empty reports of the same address are folded into this one. */
  stands_for: number;
  /** `seq` of the last thing that others said to the desk, or to the station that sees it. */
  said: number;
  /** How much of that its own side has not read. */
  unread: number;
  marks: MarkView[];
  chat: ChatLineView[];
  entries: EntryView[];
}

/** How far one side is: `caller`, `desk` or a station's id. */
export interface MarkView {
  side: string;
  received: number;
  read: number;
}

/** What became of a line that goes to the caller's chat. */
export interface ChatLineView {
  seq: number;
  state: 'SENT' | 'WAITING' | 'REFUSED' | 'UNKNOWN';
  reason: string;
}

/**
 * `next` is the `before` of the next page, None at the end. Looking may stop before it found `limit`, or
 * any: it looked at everything after `next`, and goes on there.
 */
export interface IncidentList {
  incidents: IncidentView[];
  next: number | null;
  /** By id: where in what was said or written the words of the question are. */
  found: Record<string, string>;
}

export interface CallerStation {
  name: string;
  state: ResponderState;
  at: number;
}

export interface CallerParticipant {
  id: string;
  role: ParticipantRole;
  name: string;
  state: ParticipantState;
  /** Since when the dispatcher is in another call. */
  away_at: number | null;
}

/** The incident as its caller sees it. `tracking` false: the page stops sending positions. */
export interface CallerView {
  id: string;
  number: string;
  version: number;
  silent: boolean;
  kind: Kind;
  state: IncidentState;
  raised_at: number;
  waiting_since: number;
  answered_at: number | null;
  closed_at: number | null;
  handed_at: number | null;
  disposition: Disposition | null;
  /** It was answered, and is being put through to another dispatcher since. */
  put_through_since: number | null;
  tracking: boolean;
  watchers: string[];
  stations: CallerStation[];
  call: string;
  call_state: CallState;
  participants: CallerParticipant[];
  entries: EntryView[];
  called_back_at: number | null;
  contact: string;
  journaled: boolean;
  /** Up to here police have read. */
  read: number;
  sandbox: boolean;
}

export interface JoinView {
  media_url: string;
  ticket: string;
  participant: string;
  call: string;
}

/** `file` is the id to fetch it by; `kind` picture, voice or video. */
export interface UploadView {
  file: string;
  kind: string;
  type: string;
  bytes: number;
  sha256: string;
  seq: number;
}

export interface MeView {
  id: string;
  login: string;
  name: string;
  role: Role;
  station: string | null;
  station_name: string | null;
  totp: boolean;
  demo: boolean;
  communities: string[];
  away_until: number | null;
  deputy: string | null;
  /** the one-time code has to be set up before anything else */
  code_needed: boolean;
  /** the password was given by an administrator and has to be changed before anything else */
  password_needed: boolean;
  /** recovery codes that were not used */
  recovery_left: number;
}

/** Who I am, now with a second factor; the codes are shown once. */
export type SecondFactorView = MeView & RecoverySheet;

export interface RecoverySheet {
  recovery_codes: string[];
}

export interface PersonView {
  id: string;
  login: string;
  name: string;
  role: Role;
  station: string | null;
  totp: boolean;
  disabled: boolean;
  userid: string | null;
  communities: string[];
  away_until: number | null;
  deputy: string | null;
}

/** What WeChat (official) or WeCom (work) refuses: the API's path in `call`, empty when all of it. */
export interface PlatformAlarmView {
  code: string;
  platform: string;
  account: string;
  call: string;
  errcode: number;
  since: number;
  met_at: number;
  machine: string;
  address: string;
}

/** An app that is told nothing any more. */
export interface WebhookAlarmView {
  integrator: string;
  name: string;
  url: string;
  failing_since: number;
  disabled_at: number;
}

/** The oldest first. */
export interface PlatformAlarmList {
  alarms: PlatformAlarmView[];
  webhooks: WebhookAlarmView[];
}

/** By login; `next` is the `after` of the next page, None at the end. */
export interface CorpView {
  name: string;
  title: string;
}

export interface PersonList {
  people: PersonView[];
  next: string | null;
  corps: CorpView[];
}

/** A person's new password: shown once, to be changed at the first log-in. */
export interface InitialPassword {
  login: string;
  password: string;
}

/** A new second factor: shown once; `picture` is `uri` as a QR code, a `data:` address. */
export interface TotpView {
  secret: string;
  uri: string;
  picture: string;
}

export interface FlawView {
  seq: number;
  what: string;
}

/** `sound` when the chain, its checkpoints and every sealed file are as they were written. */
export interface VerifyView {
  sound: boolean;
  entries: number;
  files: number;
  flaws: FlawView[];
}

export interface StationView {
  id: string;
  name: string;
  bureau: string;
  synthetic: boolean;
}

export interface StationList {
  stations: StationView[];
  boundary_version: string;
}

/** Whom of a station a call reaches now: people with its page open, and with WeCom. */
export interface StationReach {
  station: string;
  online: number;
  wecom: number;
}

/** Of a station that is not listed nobody is online and nobody bound. */
export interface ReachList {
  stations: StationReach[];
}

/** What a page needs to know before anybody logs in. */
export interface ConfigView {
  city: string;
  service: string;
  demo: boolean;
  notice_version: string;
  live_path: string;
  map_style: string | null;
  server_at: number;
  officer_login: string;
  store: string;
  desks: boolean;
  /** Sites and apps that may show the resident's page within theirs. */
  embed_origins: string[];
}

export interface DemoPerson {
  login: string;
  name: string;
  role: Role;
  face: string;
  station: string | null;
}

export interface DemoView {
  people: DemoPerson[];
  center: number[];
  suggested: string | null;
  simulator: string;
}

export interface Done {
  done: boolean;
}
