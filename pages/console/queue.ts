/* The order of the queue: who is in which list, and who comes first. */
import { whereWords } from '../shared/possible';
import type { IncidentView, Kind, ParticipantView, ResponderView } from '../shared/types';
import { whereLocated } from '../shared/where';

export type Lane = 'waiting' | 'mine' | 'others' | 'closed';
export const LANES: readonly Lane[] = ['waiting', 'mine', 'others', 'closed'];

/** A report turns red after this long, as the server's own escalation does. */
export const LATE_MS = 15_000;
export const GRAVE_MS = 60_000;

const GRAVE_KINDS: readonly Kind[] = ['RESCUE', 'FIRE', 'MEDICAL', 'CRIME'];

export function isOpen(it: IncidentView): boolean {
  return it.state === 'ANSWERED' || it.state === 'DISPATCHED';
}

/**
 * Somebody on the desk must press: it rings. Journaled reports cannot be answered yet; one's own
 * incident needs no press, the desk joins it again by itself.
 */
export function rings(it: IncidentView, me = ''): boolean {
  if (it.journaled) return false;
  return it.state === 'RAISED' || (isOpen(it) && it.unattended_at !== null && it.dispatcher !== me);
}

/** What the clock of an incident counts from. */
export function since(it: IncidentView): number {
  if (it.unattended_at !== null) return it.unattended_at;
  if (isOpen(it)) return it.answered_at ?? it.raised_at;
  return it.raised_at;
}

export function laneOf(it: IncidentView, me: string): Lane {
  if (it.state === 'CLOSED') return 'closed';
  if (!isOpen(it)) return 'waiting';
  if (it.dispatcher === me) return 'mine';
  return it.unattended_at !== null ? 'waiting' : 'others';
}

/** How far an unanswered report was escalated; one whose dispatcher is gone counts as once. */
export function level(it: IncidentView): number {
  return it.state === 'RAISED' ? it.escalation : it.unattended_at !== null ? 1 : 0;
}

/** Ringing before call-backs before journaled; then escalated, silent, grave kinds; then the longest wait. */
function rank(it: IncidentView): number {
  const place = rings(it) ? 0 : it.journaled ? 2 : 1;
  const urgency = level(it) * 4 + (it.silent ? 2 : 0) + (GRAVE_KINDS.includes(it.kind) ? 1 : 0);
  return place * 100 - urgency;
}

export function byUrgency(a: IncidentView, b: IncidentView): number {
  return rank(a) - rank(b) || since(a) - since(b);
}

export function inLane(lane: Lane, all: readonly IncidentView[], me: string): IncidentView[] {
  const those = all.filter((it) => laneOf(it, me) === lane);
  if (lane === 'waiting') return those.sort(byUrgency);
  if (lane === 'closed') return those.sort((a, b) => (b.closed_at ?? 0) - (a.closed_at ?? 0));
  return those.sort((a, b) => (b.answered_at ?? 0) - (a.answered_at ?? 0));
}

/** The present call's participant of a role, the last one invited. */
export function present(it: IncidentView, role: ParticipantView['role']): ParticipantView | undefined {
  return it.calls.at(-1)?.participants.filter((one) => one.role === role).at(-1);
}

/** Whether somebody of the station is in the present call. */
export function inCall(it: IncidentView, station: string): boolean {
  return it.calls.at(-1)?.participants.some((one) => one.station === station && one.state === 'JOINED') ?? false;
}

/** A station that was called and did not come: the next in line is due. */
export function notComing(it: IncidentView, one: ResponderView): boolean {
  return one.state === 'ASSIGNED' && one.unanswered_at !== null && !inCall(it, one.station);
}

/** Where it happens when that was marked, else where the caller is: in words. */
export function placeWords(it: IncidentView): string {
  return whereWords(whereLocated(it));
}
