/*
 * In which of his calls a dispatcher talks, and since when he is away in the others: read from the documents,
 * so that every window and every other face says the same.
 */
import { staying } from '../shared/away';
import type { IncidentView, ParticipantView } from '../shared/types';

/** The participant of whoever has the incident, in its present call. */
export function dispatcherOf(it: IncidentView): ParticipantView | undefined {
  return it.calls.at(-1)?.participants
    .filter((one) => one.role === 'DISPATCHER' && one.person !== null && one.person === it.dispatcher).at(-1);
}

/** Since when whoever has the incident is in another call; null when he is not. */
export function awaySince(it: IncidentView): number | null {
  const open = it.state === 'ANSWERED' || it.state === 'DISPATCHED';
  return open ? dispatcherOf(it)?.away_at ?? null : null;
}

/** A colleague handed it to whoever has it, and he has not pressed yet: since when. */
export function handedSince(it: IncidentView): number | null {
  const open = it.state === 'ANSWERED' || it.state === 'DISPATCHED';
  const one = open && it.calls.at(-1)?.state === 'ACTIVE' ? dispatcherOf(it) : undefined;
  return one && one.state === 'INVITED' && one.turned_at === null ? one.invited_at : null;
}

/** Of one dispatcher's own calls the one he talks in: the one he turned to last, and is not away from. */
export function talksIn(mine: readonly IncidentView[]): string | null {
  const there = mine.filter((it) => awaySince(it) === null);
  const turned = (it: IncidentView): number => dispatcherOf(it)?.turned_at ?? 0;
  return there.reduce<IncidentView | null>((last, it) => (last && turned(last) >= turned(it) ? last : it), null)?.id ?? null;
}

/** Those he is away from, the longest first. */
export function leftAlone(mine: readonly IncidentView[]): IncidentView[] {
  return mine.filter((it) => awaySince(it) !== null).sort((a, b) => (awaySince(a) ?? 0) - (awaySince(b) ?? 0));
}

/** Officers and others who go on talking with the caller. */
export function othersInCall(it: IncidentView): string[] {
  return staying(it.calls.at(-1)?.participants ?? []);
}
