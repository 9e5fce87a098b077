import { useEffect, useState } from 'preact/hooks';
import { useDraft } from '../parts/draft';
import { newKey } from '../shared/api';
import { asFault, Fault, faultWithHint } from '../shared/fault';
import type { TipRepliesIn, TipSaid, TipSaidList, TipView } from '../shared/tips';
import { sharedWords } from '../shared/words';
import type { Desk } from './desk';
import { v } from './eventwords';
import { useInsert } from './insert';
import { m } from './manywords';
import { Dialog } from './pieces';
import { Prepared } from './prepared';
import { BLANKS } from './preparedtext';
import { p } from './preparedwords';
import { t } from './words';

/** So many at once, as domain/tip_many.py. */
export const AT_ONCE = 50;
const MOST = 1000;
type Kind = TipRepliesIn['event'];

export interface Chosen {
  /** By their ids; null: nothing is selected, and there are no boxes. */
  tips: ReadonlyMap<string, TipView> | null;
  toggle: () => void;
  pick: (tip: TipView, on: boolean) => void;
  only: (tips: Iterable<TipView>) => void;
}

/** What is selected in the list `of` this query: in another one nothing is, for nobody would see it. */
export function useChosen(of: string): Chosen {
  const [tips, setTips] = useState<ReadonlyMap<string, TipView> | null>(null);
  useEffect(() => setTips((now) => now && new Map()), [of]);
  const only = (some: Iterable<TipView>): void => setTips(new Map(Array.from(some).slice(0, AT_ONCE).map((one) => [one.id, one])));
  return {
    tips,
    toggle: () => setTips((now) => (now ? null : new Map())),
    only,
    pick: (tip, on) => setTips((now) => {
      const next = new Map(now || []);
      if (on && next.size < AT_ONCE) next.set(tip.id, tip);
      else if (!on) next.delete(tip.id);
      return next;
    }),
  };
}

export function Pickable({ tip, chosen }: { tip: TipView; chosen: Chosen }) {
  if (!chosen.tips) return null;
  const on = chosen.tips.has(tip.id);
  return (
    <label class="pick-box"><input type="checkbox" checked={on} disabled={!on && chosen.tips.size >= AT_ONCE} aria-label={m('pick', { n: tip.number })}
      data-testid="pick" onChange={(event) => chosen.pick(tip, event.currentTarget.checked)} /></label>
  );
}

type Form = ReturnType<typeof useDraft<{ text: string; key: string; event: Kind }>>;

/** One text to several tips, kept as a draft of this name: the same words are the same message, however often
 * they are sent, and to whomever. */
export function useToMany(desk: Desk, name: string) {
  const [begun, setBegun] = useState(() => ({ text: '', key: newKey(), event: 'answer' as Kind }));
  const form: Form = useDraft(desk.drafts, name, begun);
  const [open, setOpen] = useState(false);
  return {
    form,
    open,
    begin: (event: Kind): void => {
      if (form.now().event !== event) form.set({ event, key: newKey() });
      setOpen(true);
    },
    close: () => setOpen(false),
    sent: (what: Form['value']): void => {
      setBegun({ text: '', key: newKey(), event: 'answer' });
      form.sent(what);
    },
  };
}

/** What can be done with all that are selected. `shown` are those on the screen. */
export function Many({ desk, chosen, shown, again }: { desk: Desk; chosen: Chosen; shown: readonly TipView[]; again: () => void }) {
  const to = useToMany(desk, 'tips/many');
  if (!chosen.tips) return null;
  const { size } = chosen.tips;
  // What may be a danger is looked at by itself; whoever means it ticks it.
  const calm = shown.filter((one) => !one.urgent);
  return (
    <section class="many" aria-label={m('bar')} data-testid="many">
      <p role="status">{size ? m(size >= AT_ONCE ? 'most' : 'count', { n: size }) : m('none')}</p>
      <div>
        <button type="button" class="button small" data-testid="pick-all" onClick={() => chosen.only(size ? [] : calm)}>{m(size ? 'clear' : calm.length < shown.length ? 'all_calm' : 'all')}</button>
        <button type="button" class="button small" disabled={!size} data-testid="many-answer" onClick={() => to.begin('answer')}>{m('answer')}</button>
        <button type="button" class="button small" disabled={!size} data-testid="many-close" onClick={() => to.begin('close')}>{m('close')}</button>
      </div>
      {to.open && <ToMany desk={desk} to={to} left={chosen.only} tips={Array.from(chosen.tips.values())} again={again} />}
    </section>
  );
}

/** The text, what became of it in each tip, and once more for those (`left`) in which it could not be said. */
export function ToMany({ desk, to, left: kept, tips: now, again }: {
  desk: Desk; to: ReturnType<typeof useToMany>; left: (tips: TipView[]) => void; tips: TipView[]; again: () => void;
}) {
  const { form, sent, close } = to;
  const { text, event } = form.value;
  // Those that were meant when it was opened; of these the ones that failed are meant the next time.
  const [tips, setTips] = useState(now);
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const [rows, setRows] = useState<TipSaid[] | null>(null);
  const [known] = useState(() => new Map(now.map((one) => [one.id, one])));
  const [preparing, setPreparing] = useState(false);
  const write = (next: string): void => {
    setSure(false);
    form.set({ text: next, key: newKey() });
  };
  const insert = useInsert(MOST, () => form.now().text, write, preparing);
  const failed = rows ? rows.filter((one) => one.problem !== null) : [];
  const go = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      const what = form.now();
      const body: TipRepliesIn = { key: what.key, event: what.event, text: what.text.trim(), tips: tips.map((one) => one.id) };
      const { rows: said } = await desk.api.post<TipSaidList>('/tips/replies', body, { tries: 3 });
      const left = tips.filter((one) => said.some((row) => row.id === one.id && row.problem !== null));
      setRows((before) => said.concat((before || []).filter((row) => !said.some((one) => one.id === row.id))));
      kept(left);
      if (left.length) setTips(left);
      else sent(what);
      again();
    } catch (error) {
      setFault(faultWithHint(error));
      if (!asFault(error).network) again();
    }
    setSure(false);
    setBusy(false);
  };
  const n = tips.length;
  const ready = event === 'answer' || sure;
  return (
    <>
      <Dialog head={m(event === 'close' ? 'head_close' : 'head_answer', { n: rows ? rows.length : n })} close={close}>
        {rows === null ? (
          <>
            <p>{m('what', BLANKS)}</p>
            <ul class="same-found many-tips">{tips.map((one) => <li key={one.id}><span><b>{one.first || one.number}</b><small>{one.number}</small></span></li>)}</ul>
            <label class="field"><span>{t(`p_${event}`)}</span>
              <textarea ref={insert.field} rows={4} maxLength={MOST} value={text} data-testid="many-text" onBlur={insert.place} onSelect={insert.place}
                onInput={(input) => { insert.place(input); write(input.currentTarget.value); }} /></label>
            <div><button type="button" class="button small" data-testid="prepared" onClick={() => setPreparing(true)}>{p('head')}</button></div>
          </>
        ) : (
          <>
            <p role="status">{m('done_of', { n: rows.length - failed.length, m: rows.length })}{failed.length > 0 && ' · ' + m('left')}</p>
            <ul class="same-found">{failed.concat(rows.filter((one) => one.problem === null)).map((one) => (
              <li key={one.id} data-testid="many-row"><span><b>{nameOf(known.get(one.id), one)}</b><small>{one.number || nameOf(known.get(one.id), one)}</small></span>
                <span class={one.problem ? 'fault' : 'dim'}>{one.problem ? why(one.problem) : m('well')}</span></li>
            ))}</ul>
          </>
        )}
        {sure && <p class="fault" role="alert">{m('sure', { n })}</p>}
        {fault && <p class="fault" role="alert">{fault}</p>}
        <footer>
          <button type="button" class="button" onClick={close}>{rows === null ? t('cancel') : m('end')}</button>
          {(rows === null || failed.length > 0) && (
            <button type="button" class="button main" disabled={busy || !text.trim() || !n} data-testid="many-now" onClick={() => { if (ready || rows) void go(); else setSure(true); }}>
              {busy ? t('sending') : rows ? sharedWords('retry') : event === 'answer' ? m('send', { n }) : m(sure ? 'close_sure' : 'close_n', { n })}</button>
          )}
        </footer>
      </Dialog>
      {preparing && tips[0] && <Prepared desk={desk} station={tips[0].station} filled={(piece) => piece} add={insert.add} close={() => setPreparing(false)} />}
    </>
  );
}

function nameOf(tip: TipView | undefined, row: TipSaid): string {
  return (tip && (tip.first || tip.number)) || row.number;
}

function why(problem: NonNullable<TipSaid['problem']>): string {
  const fault = new Fault(problem);
  if (fault.facts.name) return v('has_it', { n: String(fault.facts.name) });
  if (fault.code === 'not_found') return m('gone');
  return fault.code === 'wrong_state' ? m('over') : fault.words;
}
