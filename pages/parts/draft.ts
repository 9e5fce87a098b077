import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { Drafts } from '../shared/drafts';

export interface Drafted<T> {
  value: T;
  /** When it was last written on, Unix ms; null: nothing was. */
  at: number | null;
  /** Changes these members of what is there when it is called, however long ago the page was drawn. */
  set: (members: Partial<T> | ((now: T) => Partial<T>)) => void;
  /** What is there when it is called. */
  now: () => T;
  /** `what` was sent. What was written on it meanwhile stays, as `rest` makes it of that. */
  sent: (what: T, rest?: (left: T) => Partial<T>) => void;
  /** It is thrown away. */
  drop: () => void;
}

/** What is written in a form; `first` stands in it as long as nothing is. It outlives the form (shared/drafts.ts). */
export function useDraft<T extends object>(drafts: Drafts, what: string, first: T): Drafted<T> {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  // Before anything can be pressed.
  useLayoutEffect(() => drafts.on(() => draw(0)), [drafts]);
  const latest = useRef(first);
  latest.current = first;
  // Of who began to write, also when an upload ends after somebody else has logged in.
  const owner = useRef(drafts.owner);
  const now = (): T => ({ ...latest.current, ...drafts.get<Partial<T>>(what, owner.current) });
  const set: Drafted<T>['set'] = (members) => {
    const present = now();
    drafts.put(what, { ...present, ...(typeof members === 'function' ? members(present) : members) }, owner.current);
  };
  const drop = (): void => drafts.put(what, null, owner.current);
  return {
    value: now(),
    at: drafts.at(what),
    set,
    now,
    sent: (gone, rest) => {
      if (JSON.stringify(now()) === JSON.stringify(gone)) drop();
      else if (rest) set(rest);
    },
    drop,
  };
}
