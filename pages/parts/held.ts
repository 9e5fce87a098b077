import { useEffect, useState } from 'preact/hooks';
import { hold, stillHeld, type Held, type Right } from '../shared/held';

/** What is open, if anything, and a way to open or shut it (`null`); gone with the right to it. */
export function useHeld<T>(right: Right<T>): [what: T | null, open: (what: T | null) => void] {
  const [held, setHeld] = useState<Held<T> | null>(null);
  const over = held !== null && !stillHeld(held, right);
  useEffect(() => { if (over) setHeld(null); }, [over]);
  return [held && !over ? held.what : null, (what) => setHeld(what === null ? null : hold(what, right))];
}
