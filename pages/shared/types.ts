/*
 * What goes over the wire, as in api/shapes.py: same names, same members (a test compares them).
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
export type ParticipantState = 'INVITED' | 'JOINED' | 'LEFT' | 'DECLINED';
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
export type Certainty = 'ONE' | 'BOTH' | 'ASK' | 'DEFAULT' | 'NONE';
export type Datum = 'WGS84' | 'GCJ02' | 'BD09';
export type Source = 'BROWSER' | 'WECHAT' | 'PICKED' | 'SPOKEN' | 'QR';
export type ResponderState =
  | 'ASSIGNED'
  | 'ACKNOWLEDGED'
  | 'EN_ROUTE'
  | 'ON_SCENE'
  | 'CLEARED'
  | 'STOOD_DOWN';

export interface PositionIn {
  lon: number;
  lat: number;
  datum: Datum;
  accuracy?: number | null;
  source?: Source;
  at?: number | null;
}

export interface MessageIn {
  key: string;
  text: string;
  device_at?: number | null;
  kind?: Kind | null;
}

export interface ReturnIn {
  changed?: boolean;
}

export interface LoginIn {
  login: string;
  password: string;
  code?: string | null;
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

export interface CloseIn {
  disposition: Disposition;
  words?: string;
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
}

export interface AwayIn {
  away_until: number | null;
  deputy?: string | null;
}

export interface EntryIn {
  ticket: string;
}

export interface TipReplyIn {
  key: string;
  event: 'ask' | 'answer' | 'close' | 'reject';
  text: string;
}

export interface HandOverIn {
  station: string;
  text?: string;
}

export interface TipIncidentIn {
  text?: string;
}

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
}

export interface PositionView {
  lon: number;
  lat: number;
  accuracy: number | null;
  source: Source;
  at: number | null;
  received_at: number;
}

/** A station that may be responsible; `share` of the circle, `distance` in metres. */
export interface CandidateView {
  station: string;
  name: string;
  bureau: string;
  share: number;
  distance: number;
}

export interface LocatedView {
  certainty: Certainty;
  candidates: CandidateView[];
  why_zh: string;
  why_en: string;
  boundary_version: string;
  place: string;
  grid: string | null;
  community: string | null;
}

/** The report is durable. `journaled`: kept on disk because the store is away, replayed later. */
export interface Receipt {
  id: string;
  number: string;
  token: string;
  raised_at: number;
  missing: string[];
  journaled: boolean;
  silent: boolean;
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

export interface ResponderView {
  station: string;
  name: string;
  bureau: string;
  state: ResponderState;
  assigned_at: number;
  reason: string;
  officer_name: string;
  unanswered_at: number | null;
  at: Record<string, number>;
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
  state: IncidentState;
  raised_at: number;
  updated_at: number;
  answered_at: number | null;
  closed_at: number | null;
  unattended_at: number | null;
  escalation: number;
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
  journaled: boolean;
  entries: EntryView[];
}

/** `next` is the `before` of the next page, None at the end. */
export interface IncidentList {
  incidents: IncidentView[];
  next: number | null;
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
}

/** The incident as its caller sees it. `tracking` false: the page stops sending positions. */
export interface CallerView {
  id: string;
  number: string;
  version: number;
  silent: boolean;
  state: IncidentState;
  raised_at: number;
  answered_at: number | null;
  closed_at: number | null;
  disposition: Disposition | null;
  tracking: boolean;
  watchers: string[];
  stations: CallerStation[];
  call: string;
  call_state: CallState;
  participants: CallerParticipant[];
  entries: EntryView[];
  journaled: boolean;
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

export interface PersonList {
  people: PersonView[];
}

/** A new second factor: shown once; `uri` is for the authenticator's QR code. */
export interface TotpView {
  secret: string;
  uri: string;
}

export interface CodeIn {
  code: string;
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

export interface HealthView {
  status: string;
  store: string;
  journaled: number;
  version: string;
}

export interface Done {
  done: boolean;
}

/** `state` up or down; `journaled` reports wait on disk for the store to come back. */
export interface StoreState {
  type: 'store';
  state: string;
  journaled: number;
}

/** Everything this screen shows, as of now. `reason` is first, lost or behind. */
export interface Snapshot {
  type: 'snapshot';
  reason: string;
  me: MeView;
  incidents: IncidentView[];
  store: string;
  journaled: number;
  at: number;
}

/** An incident as it is now; keep the higher `version`. */
export interface IncidentChange {
  type: 'incident';
  incident: IncidentView;
}

/** An incident this screen may no longer show. */
export interface IncidentGone {
  type: 'gone';
  id: string;
}

/** Something of this kind changed; the page reads again what it shows. */
export interface Touched {
  type: 'touched';
  what: 'tips' | 'notices' | 'groups';
}

/** The caller's incident as it is now, with all its entries. */
export interface CallerSnapshot {
  type: 'caller';
  incident: CallerView;
  store: string;
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
}

export type LiveIn = Hello | Ping;
export type LiveOut =
  | Snapshot | IncidentChange | IncidentGone | StoreState | Touched | CallerSnapshot | Pong | LiveProblem;

export type TipState = 'SUBMITTED' | 'ASSIGNED' | 'ANSWERED' | 'CLOSED' | 'REJECTED';
export type TipNext = 'take' | 'answer' | 'wait' | 'close' | '110' | 'over';
export type MessageState = 'QUEUED' | 'SENDING' | 'SENT' | 'FAILED';

/** A tip in the inbox. `waiting_since`: since when the resident waits for an answer. */
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
  next: TipNext;
  incident: string | null;
  anonymous: boolean;
  reopened: number;
  pictures: number;
  first: string;
  position: PositionView | null;
  place: string;
}

export interface TipList {
  tips: TipView[];
  next: number | null;
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

// Notices, groups and doorways, as in api/shapes_notices.py.
export type NoticeState = 'DRAFT' | 'APPROVED' | 'PUBLISHED' | 'WITHDRAWN' | 'EXPIRED';
export type DeliveryState = 'PLANNED' | 'CREATING' | 'CREATED' | 'DONE' | 'CANCELLED' | 'FAILED';
export type Outcome = 'WAITING' | 'SENT' | 'REFUSED' | 'CAPPED' | 'CANCELLED';
export type GroupState = 'ACTIVE' | 'DISMISSED';

export interface NoticeIn {
  key: string;
  title: string;
  text: string;
  communities: string[];
  link?: string;
  urgent?: boolean;
  send_at?: number | null;
  expires_at?: number | null;
  picture?: string;
}

export interface NoticePatch {
  version: number;
  title?: string | null;
  text?: string | null;
  communities?: string[] | null;
  link?: string | null;
  urgent?: boolean | null;
  send_at?: number | null;
  expires_at?: number | null;
  picture?: string | null;
}

export interface ApproveIn {
  version: number;
}

export interface WithdrawIn {
  reason: string;
}

export interface CorrectIn {
  key: string;
  title: string;
  text: string;
  link?: string;
  urgent?: boolean;
  expires_at?: number | null;
  picture?: string;
}

/** `file` is the name to put into a notice. */
export interface NoticePicture {
  file: string;
  width: number;
  height: number;
}

export interface RehearseIn {
  communities: string[];
  urgent?: boolean;
  send_at?: number | null;
}

export interface GroupPatch {
  community: string;
}

export interface DoorwayIn {
  key: string;
  community: string;
  poster: string;
}

export interface WelcomeIn {
  text: string;
}

export interface TotalsView {
  waiting: number;
  sent: number;
  refused: number;
  capped: number;
  cancelled: number;
  reached: number;
}

export interface NoticeRef {
  id: string;
  number: string;
  title: string;
  state: NoticeState;
}

export interface NoticeView {
  id: string;
  number: string;
  version: number;
  state: NoticeState;
  title: string;
  text: string;
  link: string;
  picture: string;
  urgent: boolean;
  station: string | null;
  station_name: string;
  author: string;
  author_name: string;
  approver: string | null;
  approver_name: string;
  communities: string[];
  created_at: number;
  updated_at: number;
  send_at: number | null;
  expires_at: number | null;
  published_at: number | null;
  ended_at: number | null;
  corrects: NoticeRef | null;
  corrected_by: NoticeRef | null;
  corrected: boolean;
  needs_second: boolean;
  groups: number;
  people: number;
  followers: number;
  totals: TotalsView;
  page: string;
  may: string[];
  entries: EntryView[];
}

export interface NoticeList {
  notices: NoticeView[];
  next: number | null;
}

export interface PlannedGroup {
  id: string;
  name: string;
  community: string;
  owner: string;
  people: number;
  sent_today: number;
  sent_month: number;
  limit_month: number;
  waiting: number;
}

export interface PlannedOwner {
  owner: string;
  name: string;
  groups: number;
  people: number;
  tasks: number;
  open_tasks: number;
  missed: number;
}

export interface SkippedGroup {
  id: string;
  name: string;
  community: string;
  owner: string;
  people: number;
  reason: string;
}

export interface RehearsalView {
  communities: number;
  groups: number;
  owners: number;
  people: number;
  followers: number;
  tasks: number;
  today: number;
  send_at: number;
  moved: boolean;
  needs_second: boolean;
  plan: PlannedGroup[];
  by_owner: PlannedOwner[];
  skipped: SkippedGroup[];
  empty: string[];
}

export interface DeliveredGroup {
  id: string;
  name: string;
  people: number;
  outcome: Outcome;
}

export interface DeliveryView {
  id: string;
  owner: string;
  owner_name: string;
  state: DeliveryState;
  due_at: number;
  created_at: number | null;
  reminded: number[];
  reason: string;
  people: number;
  sent: number;
  waiting: number;
  groups: DeliveredGroup[];
  version: number;
}

export interface DeliveryList {
  notice: string;
  totals: TotalsView;
  deliveries: DeliveryView[];
}

export interface PublicNotice {
  number: string;
  standing: string;
  title: string;
  text: string;
  link: string;
  picture: string;
  station: string;
  published_at: number;
  expires_at: number | null;
  ended_at: number | null;
  corrects: string | null;
  corrected_by: string | null;
}

export interface GroupView {
  id: string;
  name: string;
  owner: string;
  owner_name: string;
  community: string | null;
  community_name: string;
  station: string | null;
  station_name: string;
  bound_by: string;
  members: number;
  residents: number;
  capacity: number;
  state: GroupState;
  nearly_full: boolean;
  brought: Record<string, number>;
  created_at: number;
  synced_at: number;
  missed_sends: number;
  sent_today: number;
  sent_month: number;
  version: number;
}

export interface GroupList {
  groups: GroupView[];
  next: string | null;
}

export interface CoverageView {
  id: string;
  name: string;
  station: string;
  station_name: string;
  groups: number;
  members: number;
  residents: number;
  capacity: number;
  followers: number | null;
  officers: string[];
  doorways: number;
  hint: string;
}

export interface CoverageList {
  communities: CoverageView[];
}

export interface DoorwayView {
  id: string;
  community: string;
  community_name: string;
  poster: string;
  state: string;
  url: string;
  ready: boolean;
  groups: string[];
  brought: number;
  made_by: string;
  created_at: number;
  removed: boolean;
  hint: string;
  version: number;
}

export interface DoorwayList {
  doorways: DoorwayView[];
}

export interface WelcomeView {
  text: string;
  applied: boolean;
  updated_at: number;
}

export interface NumbersRow {
  id: string;
  name: string;
  groups: number;
  members: number;
  residents: number;
  followers: number | null;
  notices: number;
  tips: number | null;
  answered: number | null;
  answer_p50: number | null;
  answer_p90: number | null;
}

export interface NumbersView {
  since: number;
  until: number;
  total: NumbersRow;
  stations: NumbersRow[];
  communities: NumbersRow[];
}
