/*
 * What is open over something (a dialog, a choice under way) belongs to it as it was then. `right` says in
 * one string what that is, or null when nobody may any more. As soon as it says something else, what was
 * open is over, and does not come back when the right does.
 */
import type { IncidentView } from './types';

export type Right<T> = (what: T) => string | null;
export interface Held<T> { readonly what: T; readonly right: string }

/** Opens it, if there is a right to. */
export function hold<T>(what: T, right: Right<T>): Held<T> | null {
  const over = right(what);
  return over === null ? null : { what, right: over };
}

export function stillHeld<T>(held: Held<T>, right: Right<T>): boolean {
  return right(held.what) === held.right;
}

/** An incident in the hands of one dispatcher since it was raised, or raised again. */
export function inHand(it: IncidentView): string {
  return [it.id, it.waiting_since, it.answered_at, it.dispatcher].join(' ');
}
