import { useState } from 'preact/hooks';
import { useDraft } from '../parts/draft';
import { newKey } from '../shared/api';
import { Fault, faultWithHint } from '../shared/fault';
import { say } from '../shared/i18n';
import { sharedWords } from '../shared/words';
import type { TipEvent, TipEventReplyIn, TipLinkIn, TipList, TipSaid, TipSaidList, TipView } from '../shared/tips';
import type { Desk } from './desk';
import { v } from './eventwords';
import { NEXT, short, tone } from './inbox';
import { useLoad, type Loaded } from './load';
import { Bones, Choice, Chip, Dialog, Failing } from './pieces';
import { hashOf } from './route';
import { Search } from './search';
import { unfinished } from './saying';
import { t } from './words';

const MOST = 1000;
type Kind = TipEventReplyIn['event'];

/** What is linked with this tip, and the ways to link more, to answer all and to part it from them. */
export function SameEvent({ desk, tip, again }: { desk: Desk; tip: TipView; again: () => void }) {
  const event = useLoad(tip.id + ' ' + tip.event, desk.revision.tips, () => (tip.event === null ? Promise.resolve({ tips: [] }) : desk.api.get<TipEvent>(`/tips/${tip.id}/event`)));
  const [asking, setAsking] = useState<'link' | 'part' | 'all' | null>(null);
  const others = event.data ? event.data.tips.filter((one) => one.id !== tip.id) : [];
  const close = (): void => setAsking(null);
  const dialogs = (
    <>
      {asking === 'link' && <Link desk={desk} tip={tip} event={event} again={again} close={close} />}
      {asking === 'part' && <Part desk={desk} tip={tip} others={others.length} event={event} again={again} close={close} />}
      {asking === 'all' && event.data && <ToAll desk={desk} tip={tip} tips={event.data.tips} again={again} close={close} />}
    </>
  );
  if (tip.event === null) {
    return (
      <p class="same-none"><span class="dim">{v('same')}</span>
        <button type="button" class="button small" data-testid="link-tips" data-key="m" onClick={() => setAsking('link')}>{v('link')}</button>{dialogs}</p>
    );
  }
  return (
    <section class="same" aria-label={v('same')} data-testid="same-event">
      <h2>{event.data ? v('same_n', { n: others.length + 1 }) : v('same')}</h2>
      {!event.data && (event.fault ? <Failing fault={event.fault} again={event.again} /> : <Bones count={1} />)}
      <ul>{others.map((one) => (
        <li key={one.id}><a href={hashOf('tips', one.id)} data-testid="same-tip">
          <Chip tone={tone(one)}>{say(NEXT[one.next])}</Chip><span>{one.first || one.number}</span>
          {one.officer && <small>{short(one.officer_name, one.station_name)}</small>}</a></li>
      ))}</ul>
      <div class="same-acts">
        <button type="button" class="button" disabled={!event.data} data-testid="to-all" onClick={() => setAsking('all')}>{v('to_all')}{unfinished(desk, tip, 'event')}</button>
        <button type="button" class="button" data-testid="link-tips" data-key="m" onClick={() => setAsking('link')}>{v('link_more')}</button>
        <button type="button" class="button" disabled={!event.data} data-testid="part-tip" onClick={() => setAsking('part')}>{v('part')}</button>
      </div>
      {dialogs}
    </section>
  );
}

interface Of { desk: Desk; tip: TipView; event: Loaded<TipEvent>; again: () => void; close: () => void }

function Link({ desk, tip, event, again, close }: Of) {
  const [q, setQ] = useState('');
  const query = q ? 'state=all&q=' + encodeURIComponent(q) : 'box=station&state=open&order=waiting';
  const found = useLoad(query, 0, () => desk.api.get<TipList>(`/tips?${query}&station=${encodeURIComponent(tip.station)}&limit=50`));
  const [busy, setBusy] = useState('');
  const [fault, setFault] = useState('');
  const linked = new Set(event.data ? event.data.tips.map((one) => one.id) : []);
  const near = (found.data ? found.data.tips : []).filter((one) => one.id !== tip.id && (q || !tip.community || one.community === tip.community));
  const go = async (other: TipView): Promise<void> => {
    setBusy(other.id);
    setFault('');
    try {
      const body: TipLinkIn = { other: other.id };
      event.put(await desk.api.post<TipEvent>(`/tips/${tip.id}/event`, body, { tries: 3 }));
      again();
    } catch (error) {
      setFault(faultWithHint(error));
    }
    setBusy('');
  };
  return (
    <Dialog head={v('same')} close={close}>
      <p>{v('what')}</p>
      <Search q={q} label={v('find')} onSearch={setQ} />
      {fault && <p class="fault" role="alert">{fault}</p>}
      {!q && <h3 class="dim">{v('near')}</h3>}
      {!found.data && (found.fault ? <Failing fault={found.fault} again={found.again} /> : <Bones count={3} />)}
      {found.data && !near.length && <p class="dim">{v('none')}</p>}
      <ul class="same-found">{near.map((one) => (
        <li key={one.id} data-testid="found-tip">
          <span><b>{one.first || one.number}</b><small>{one.number} · {say(NEXT[one.next])}{one.officer && ' · ' + short(one.officer_name, one.station_name)}</small></span>
          {linked.has(one.id) ? <span class="dim">{v('linked')}</span>
            : <button type="button" class="button" disabled={busy !== ''} data-testid="link-this" aria-label={`${v('link')} ${one.number}`} onClick={() => void go(one)}>{v('link')}</button>}
        </li>
      ))}</ul>
      <footer><button type="button" class="button main" onClick={close}>{v('done')}</button></footer>
    </Dialog>
  );
}

function Part({ desk, tip, others, event, again, close }: Of & { others: number }) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const go = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      event.put(await desk.api.delete<TipEvent>(`/tips/${tip.id}/event`));
      again();
      close();
    } catch (error) {
      setFault(faultWithHint(error));
      setBusy(false);
    }
  };
  return (
    <Dialog head={v('part')} close={close}>
      <p>{v('part_what', { n: others })}</p>
      {fault && <p class="fault" role="alert">{fault}</p>}
      <footer><button type="button" class="button" onClick={close}>{t('cancel')}</button>
        <button type="button" class="button main" disabled={busy} data-testid="part-now" onClick={() => void go()}>{v('part')}</button></footer>
    </Dialog>
  );
}

/** Whom a text to all of them reaches; the server judges again. */
function reached(tips: TipView[], me: string, supervisor: boolean, kind: Kind): TipView[] {
  return tips.filter((one) => one.next !== '110' && one.next !== 'over' && (one.officer === me || one.officer === null || supervisor) && (kind !== 'close' || one.state !== 'SUBMITTED'));
}

function ToAll({ desk, tip, tips, again, close }: { desk: Desk; tip: TipView; tips: TipView[]; again: () => void; close: () => void }) {
  // The same words are the same message, however often they are sent.
  const [begun] = useState(() => ({ text: '', event: 'answer' as Kind, key: newKey() }));
  const form = useDraft(desk.drafts, `tip/${tip.id}/event`, begun);
  const { text, event } = form.value;
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const [rows, setRows] = useState<TipSaid[] | null>(null);
  const { me } = desk;
  const count = me ? reached(tips, me.id, me.role === 'SUPERVISOR', event).length : 0;
  const names = new Map(tips.map((one) => [one.id, one.first || one.number]));
  const go = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      const sent = form.now();
      const body: TipEventReplyIn = { key: sent.key, event: sent.event, text: sent.text.trim() };
      const said = await desk.api.post<TipSaidList>(`/tips/${tip.id}/event/reply`, body, { tries: 3 });
      setRows(said.rows);
      // What was refused may be sent once more, with the same key: nobody is told twice.
      if (said.rows.every((one) => one.problem === null)) form.sent(sent);
      again();
    } catch (error) {
      setFault(faultWithHint(error));
    }
    setBusy(false);
  };
  const failed = rows !== null && rows.some((one) => one.problem !== null);
  return (
    <Dialog head={v('to_all_head', { n: count })} close={close}>
      <p>{v('to_all_what')}</p>
      {rows === null && (
        <>
          <Choice label={t('how')} value={event} options={[['answer', t('r_answer')], ['ask', t('r_ask')], ['close', t('r_close')]]} onChange={(one) => form.set({ event: one, key: newKey() })} />
          <label class="field"><span>{t(`p_${event}`)}</span>
            <textarea rows={4} maxLength={MOST} value={text} data-testid="to-all-text"
              onInput={(input) => form.set({ text: input.currentTarget.value, key: newKey() })} /></label>
          {event === 'close' && <p class="fault">{v('to_all_close', { n: count })}</p>}
        </>
      )}
      {rows !== null && (
        <>
          <p role="status">{rows.length ? v('said_of', { n: rows.filter((one) => one.problem === null).length, m: rows.length }) : v('nobody')}</p>
          <ul class="same-found">{rows.map((one) => (
            <li key={one.id} data-testid="said-row"><span><b>{names.get(one.id) || one.number}</b><small>{one.number}</small></span>
              <span class={one.problem ? 'fault' : 'dim'}>{one.problem ? why(one.problem) : v('said')}</span></li>
          ))}</ul>
        </>
      )}
      {fault && <p class="fault" role="alert">{fault}</p>}
      <footer>
        <button type="button" class="button" onClick={close}>{rows === null ? t('cancel') : v('done')}</button>
        {(rows === null || failed) && <button type="button" class="button main" disabled={busy || !text.trim() || !count} data-testid="to-all-now" onClick={() => void go()}>
          {busy ? t('sending') : rows === null ? v('send_n', { n: count }) : sharedWords('retry')}</button>}
      </footer>
    </Dialog>
  );
}

function why(problem: NonNullable<TipSaid['problem']>): string {
  const fault = new Fault(problem);
  return fault.facts.name ? v('has_it', { n: String(fault.facts.name) }) : fault.words;
}
