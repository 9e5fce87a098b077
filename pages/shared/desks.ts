/* The desks as they go over the wire, as in api/shapes_desks.py. */
import type { Role } from './types';

/** Somebody who is at a desk now. */
export interface DeskView {
  id: string;
  name: string;
  role: Role;
  in_hand: number;
  /** Talks in one of them. */
  in_call: boolean;
}

export interface DeskList {
  desks: DeskView[];
}

export interface TransferIn {
  to: string;
}
