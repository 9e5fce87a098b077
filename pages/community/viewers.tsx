import { useEffect, useRef, useState } from 'preact/hooks';
import { asFault } from '../shared/fault';
import type { TipView, TipViewer, TipViewers, TipViewingIn } from '../shared/tips';
import type { Desk } from './desk';
import { v } from './eventwords';
import { short } from './inbox';

const AGAIN_MS = 8000;

/** Who else has this tip open, as long as it was read (`shown`) and is in sight here; nobody when that is not known. */
export function useViewers(desk: Desk, tip: string, shown: boolean, writing: boolean): TipViewer[] {
  const [people, setPeople] = useState<TipViewer[]>([]);
  const says = useRef(writing);
  says.current = writing;
  const [sight, look] = useState(document.visibilityState !== 'hidden');
  useEffect(() => {
    const turn = (): void => look(document.visibilityState !== 'hidden');
    document.addEventListener('visibilitychange', turn);
    return () => document.removeEventListener('visibilitychange', turn);
  }, []);
  const say = useRef<(() => Promise<void>) | null>(null);
  useEffect(() => {
    if (!sight || !shown) return undefined;
    let timer = 0;
    let latest = 0;
    const path = `/tips/${tip}/viewing`;
    const said = async (): Promise<void> => {
      clearTimeout(timer);
      const mine = ++latest;
      const body: TipViewingIn = { writing: says.current };
      // Nobody is said to be here whom nothing confirms; a tip that went elsewhere is not asked for again.
      const answer = await desk.api.put<TipViewers>(path, body)
        .catch((error: unknown) => ({ people: [], again_ms: asFault(error).passing ? AGAIN_MS : null }));
      if (mine !== latest) return;
      setPeople(answer.people);
      if (answer.again_ms !== null) timer = window.setTimeout(() => void said(), answer.again_ms);
    };
    say.current = said;
    void said();
    return () => {
      latest += 1;
      clearTimeout(timer);
      say.current = null;
      setPeople([]);
      void desk.api.delete(path).catch(() => undefined);
    };
  }, [desk, tip, sight, shown]);
  // Beginning to write, and no more, are said at once.
  const before = useRef(writing);
  useEffect(() => {
    if (before.current === writing) return;
    before.current = writing;
    if (say.current) void say.current();
  }, [writing]);
  return people;
}

/** In front of the thread, which does not move for it. */
export function Viewers({ people, tip }: { people: TipViewer[]; tip: TipView }) {
  const writers = people.filter((one) => one.writing);
  const named = writers.length ? writers : people;
  const [first] = named;
  const words = first && v(writers.length ? (named.length > 1 ? 'writes_many' : 'writes') : named.length > 1 ? 'look_many' : 'looks',
    { n: short(first.name, tip.station_name), m: named.length });
  return (
    <div class="viewers" role="status" data-testid="viewers">{words && <span class={writers.length ? 'writes' : ''}>{words}</span>}</div>
  );
}
