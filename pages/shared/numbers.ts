/* Numbers as the server counts them; what it hides is null. */

/** As it stood at the end of a time; of `least`, 50 and 90, the percentile may still grow. */
export interface TipNumbers {
  tips: number | null;
  answered: number | null;
  reopened: number | null;
  answer_p50: number | null;
  answer_p90: number | null;
  least: number[];
}

export interface NumbersRow {
  id: string;
  name: string;
  groups: number;
  members: number;
  residents: number;
  followers: number | null;
  silent: number;
  notices: number;
  notices_before: number;
  oldest: number | null;
  now: TipNumbers;
  before: TipNumbers;
}

export interface SlowOwner {
  owner: string;
  name: string;
  groups: number;
  missed: number;
}
export interface SilentGroup {
  id: string;
  name: string;
  community: string;
}

export interface NumbersView {
  since: number;
  until: number;
  before: number;
  total: NumbersRow;
  stations: NumbersRow[];
  communities: NumbersRow[];
  owners: SlowOwner[];
  silent: SilentGroup[];
}
