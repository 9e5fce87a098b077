/* What an officer is in charge of, as in api/shapes_charge.py. */

import type { GroupView } from './notices';
import type { TipState } from './tips';
import type { Role } from './types';

/** His when `taken`, else offered to him. */
export interface ChargeTip {
  id: string;
  number: string;
  state: TipState;
  community_name: string;
  opened_at: number;
  taken: boolean;
}

export interface ChargeGroup {
  id: string;
  name: string;
  community: string | null;
  handing: GroupView['handing'];
}

export interface HeirView {
  id: string;
  name: string;
  role: Role;
  wecom: boolean;
}

export interface ChargeView {
  person: string;
  name: string;
  tips: ChargeTip[];
  communities: string[];
  groups: ChargeGroup[];
  heirs: HeirView[];
  deputy: string | null;
}

export interface TransferView {
  tips: number;
  communities: number;
  groups: number;
  left: ChargeView;
}
