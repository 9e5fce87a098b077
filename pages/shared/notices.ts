/* Notices, groups and doorways, as in api/shapes_notices.py and api/shapes_groups.py. */

import type { EntryView } from './types';

export type NoticeState = 'DRAFT' | 'SUBMITTED' | 'APPROVED' | 'PUBLISHED' | 'WITHDRAWN' | 'EXPIRED';
export type DeliveryState = 'PLANNED' | 'CREATING' | 'CREATED' | 'DONE' | 'CANCELLED' | 'FAILED';
export type Outcome = 'WAITING' | 'SENT' | 'REFUSED' | 'CAPPED' | 'CANCELLED';
/** Whether a group is to have another owner, and why it does not get one. */
export type Handing = '' | 'ASKED' | 'REFUSED';
export type NoOwner = '' | 'unknown' | 'unable' | 'often' | 'day' | 'gone' | 'right' | 'silent' | 'other';
/** How a group may be that one looks for. */
export type GroupShown = 'ACTIVE' | 'DISMISSED' | 'ORPHANED' | 'UNCONFIRMED' | 'FULL' | 'IGNORED';
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

export interface SubmitIn {
  version: number;
}

export interface NoticeReturnIn {
  version: number;
  reason: string;
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
  everybody?: boolean;
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
  ignored?: boolean;
}

export interface DoorwayIn {
  key: string;
  community: string;
  poster: string;
}

export interface OwnerIn {
  person: string;
}

export interface WelcomeIn {
  text: string;
  community?: string;
  seen?: number | null;
}

export interface TotalsView {
  waiting: number;
  sent: number;
  refused: number;
  capped: number;
  cancelled: number;
  reached: number;
  /** Of those that wait: their owner was not asked to confirm yet. */
  unasked: number;
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
  released: boolean;
  approvers: string[];
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
  ignored: boolean;
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
  orphaned: boolean;
  stand_ins: string[];
  handing: Handing;
  next_owner: string;
  no_owner: NoOwner;
  may_hand_over: boolean;
}

export interface OwnerView {
  id: string;
  name: string;
  in_charge: boolean;
  away: boolean;
}

export interface OwnerList {
  owners: OwnerView[];
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

/** By id; `next` is the `after` of the next page, None at the end. */
export interface DoorwayList {
  doorways: DoorwayView[];
  next: string | null;
}

export interface WelcomeView {
  text: string;
  applied: boolean;
  updated_at: number;
}
