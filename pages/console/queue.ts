/* The order of the queue: who is in which list, and who comes first. */
import { whereWords } from '../shared/possible';
import type { IncidentView, ParticipantView, ResponderView, Urgency } from '../shared/types';
import { whereLocated } from '../shared/where';
import { handedSince } from './away';

export type Lane = 'waiting' | 'mine' | 'others' | 'closed';
export const LANES: readonly Lane[] = ['waiting', 'mine', 'others', 'closed'];

/** A report turns red after this long, as the server's own escalation does. */
export const LATE_MS = 15_000;
export const GRAVE_MS = 60_000;

/** The most urgent first; which class an incident is in, the server says. */
const CLASSES: readonly Urgency[] = ['LIFE', 'SILENT', 'BACK', 'URGENT', 'ORDINARY'];

export function isOpen(it: IncidentView): boolean {
  return it.state === 'ANSWERED' || it.state === 'DISPATCHED';
}

/** The caller of an open case rings whoever has it. */
export function callsAgain(it: IncidentView): boolean {
  return isOpen(it) && it.calls.at(-1)?.state === 'RINGING';
}

/** The call of an open case is over, and the case is not. */
export function callIsOver(it: IncidentView): boolean {
  const state = it.calls.at(-1)?.state;
  return isOpen(it) && (state === 'ENDED' || state === 'ABANDONED');
}

/** The stations that are not done, whatever became of the case. */
export function atWork(it: IncidentView): ResponderView[] {
  return it.responders.filter((one) => one.state !== 'CLEARED' && one.state !== 'STOOD_DOWN');
}

/** Those at work of whom somebody said that they have it. */
export function tookIt(it: IncidentView): ResponderView[] {
  return atWork(it).filter((one) => one.state !== 'ASSIGNED');
}

/**
 * Whoever has it must look after it again himself: somebody wrote and he has not read it, or its call is over
 * and no room brings him back into it. A page that was lost is back by itself.
 */
export function waitsForMe(it: IncidentView, me: string): boolean {
  if (it.dispatcher !== me || !isOpen(it) || it.unattended_at === null || it.unattended_cause === 'page') return false;
  return it.unattended_cause === 'unread' || callIsOver(it);
}

/**
 * Somebody on the desk must press: it rings. Journaled reports cannot be answered yet; one's own
 * incident needs no press, the desk joins it again by itself.
 */
export function rings(it: IncidentView, me = ''): boolean {
  if (it.journaled) return false;
  if ((callsAgain(it) && it.dispatcher === me) || waitsForMe(it, me)) return true;
  return it.state === 'RAISED' || (isOpen(it) && it.unattended_at !== null && it.dispatcher !== me) || handedTo(it, me);
}

/** A colleague handed it to `me`, who has not pressed yet. */
export function handedTo(it: IncidentView, me: string): boolean {
  return me !== '' && it.dispatcher === me && handedSince(it) !== null;
}

/** What the clock of an incident counts from. */
export function since(it: IncidentView): number {
  if (it.unattended_at !== null) return it.unattended_at;
  const handed = handedSince(it);
  if (handed !== null) return handed;
  if (isOpen(it) && !callsAgain(it)) return it.answered_at ?? it.raised_at;
  return it.waiting_since;
}

export function laneOf(it: IncidentView, me: string): Lane {
  if (it.state === 'CLOSED') return 'closed';
  if (!isOpen(it)) return 'waiting';
  if (handedTo(it, me)) return 'waiting';
  if (it.dispatcher === me) return callsAgain(it) || waitsForMe(it, me) ? 'waiting' : 'mine';
  return it.unattended_at !== null ? 'waiting' : 'others';
}

/** How far an unanswered report was escalated; one whose dispatcher is gone counts as once. */
export function level(it: IncidentView): number {
  return it.state === 'RAISED' ? it.escalation : it.unattended_at !== null ? 1 : 0;
}

/** 0 is the most urgent class. */
export function classOf(it: IncidentView): number {
  return CLASSES.indexOf(it.urgency);
}

/** In its class: who was spoken to and has nobody now, then what rings, then call-backs, then what cannot be answered yet. */
function place(it: IncidentView): number {
  if (isOpen(it) && (it.unattended_at !== null || handedSince(it) !== null)) return 0;
  return rings(it) || callsAgain(it) ? 1 : it.journaled ? 3 : 2;
}

/** The most urgent class, then what rings, then the longest wait. */
export function byUrgency(a: IncidentView, b: IncidentView): number {
  return classOf(a) - classOf(b) || place(a) - place(b) || since(a) - since(b);
}

/** What a list does not show at the moment, and the first of it that is graver than all that is shown. */
export interface Unseen { count: number; above: boolean; gravest: IncidentView | null }

/** `from` and `to` are the first and the last place in sight; -1 when nothing is. */
export function unseen(listed: readonly IncidentView[], from: number, to: number): Unseen {
  const outside = listed.filter((_, at) => at < from || at > to);
  const least = Math.min(...listed.slice(from, to + 1).map(classOf), CLASSES.length);
  const graver = outside.filter((it) => classOf(it) < least);
  const gravest = graver.length ? graver.reduce((a, b) => (byUrgency(b, a) < 0 ? b : a)) : null;
  return { count: outside.length, above: gravest !== null && listed.indexOf(gravest) < from, gravest };
}

export function inLane(lane: Lane, all: readonly IncidentView[], me: string): IncidentView[] {
  const those = all.filter((it) => laneOf(it, me) === lane);
  if (lane === 'waiting') return those.sort(byUrgency);
  if (lane === 'closed') return those.sort((a, b) => Number(b.unread > 0) - Number(a.unread > 0) || (b.closed_at ?? 0) - (a.closed_at ?? 0));
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

/** Whether the station said that it cannot come. */
export function declined(it: IncidentView, station: string): boolean {
  return it.calls.at(-1)?.participants.some((one) => one.station === station && one.state === 'DECLINED') ?? false;
}

/** A station that was called and did not come: the next in line is due. */
export function notComing(it: IncidentView, one: ResponderView): boolean {
  return one.state === 'ASSIGNED' && one.unanswered_at !== null && !inCall(it, one.station);
}

/** Who was sent before a closed case was raised again, by name. */
export function sentBefore(it: IncidentView): string[] {
  const { reopened_at: again } = it;
  if (again === null) return [];
  return it.responders.filter((one) => one.assigned_at < again).map((one) => one.name);
}

/** Where it happens when that was marked, else where the caller is: in words. */
export function placeWords(it: IncidentView): string {
  return whereWords(whereLocated(it));
}
