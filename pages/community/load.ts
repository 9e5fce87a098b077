/*
 * What a view has read from the server: nothing yet, the data, or why there is none. What is shown stays
 * while it is read again, so that nothing jumps; a failure beside data says that the data is old.
 */

import { useEffect, useRef, useState } from 'preact/hooks';
import { asFault, type Fault } from '../shared/fault';

export interface Loaded<T> {
  data: T | null;
  fault: Fault | null;
  again: () => void;
  /** Instead of what is shown when it is called: a function is given that. */
  put: (data: T | ((now: T | null) => T)) => void;
}

const GATHER_MS = 250;

/** Reads when `key` changes (what was shown is gone) and when `revision` does (it stays). */
export function useLoad<T>(key: string, revision: number, load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string; data: T | null; fault: Fault | null }>({ key, data: null, fault: null });
  const [turn, setTurn] = useState(0);
  const latest = useRef(0);
  const known = useRef({ key: '', revision, turn });
  useEffect(() => {
    const mine = ++latest.current;
    const before = known.current;
    known.current = { key, revision, turn };
    if (before.key !== key) setState({ key, data: null, fault: null });
    const read = (): void => {
      load().then(
        (data) => { if (latest.current === mine) setState({ key, data, fault: null }); },
        (error: unknown) => {
          if (latest.current !== mine) return;
          setState((old) => ({ key, data: old.key === key ? old.data : null, fault: asFault(error) }));
        },
      );
    };
    // Many changes at once are one to read; what was pressed is read at once.
    const wait = before.key === key && before.turn === turn ? GATHER_MS : 0;
    const timer = setTimeout(read, wait);
    return () => clearTimeout(timer);
  }, [key, revision, turn]);
  const fresh = state.key === key;
  return {
    data: fresh ? state.data : null,
    fault: fresh ? state.fault : null,
    again: () => setTurn((n) => n + 1),
    put: (data) => {
      latest.current += 1;
      setState((now) => ({ key, data: typeof data === 'function' ? (data as (now: T | null) => T)(now.key === key ? now.data : null) : data, fault: null }));
    },
  };
}
