import { useState } from 'preact/hooks';
import { faultWithHint } from '../shared/fault';
import { say } from '../shared/i18n';
import type { TipEvent, TipLinkIn, TipList, TipView } from '../shared/tips';
import type { MeView } from '../shared/types';
import type { Desk } from './desk';
import { v } from './eventwords';
import { NEXT, short, tone } from './inbox';
import { useLoad, type Loaded } from './load';
import { Bones, Chip, Dialog, Failing } from './pieces';
import { ToMany, useToMany } from './many';
import { m } from './manywords';
import { hashOf } from './route';
import { Search } from './search';
import { unfinished } from './saying';
import { t } from './words';

/** What is linked with this tip, and the ways to link more, to answer all and to part it from them. */
export function SameEvent({ desk, tip, again }: { desk: Desk; tip: TipView; again: () => void }) {
  const event = useLoad(tip.id + ' ' + tip.event, desk.revision.tips, () => (tip.event === null ? Promise.resolve({ tips: [] }) : desk.api.get<TipEvent>(`/tips/${tip.id}/event`)));
  const [asking, setAsking] = useState<'link' | 'part' | null>(null);
  const to = useToMany(desk, `tip/${tip.id}/event`);
  const others = event.data ? event.data.tips.filter((one) => one.id !== tip.id) : [];
  const close = (): void => setAsking(null);
  const dialogs = (
    <>
      {asking === 'link' && <Link desk={desk} tip={tip} event={event} again={again} close={close} />}
      {asking === 'part' && <Part desk={desk} tip={tip} others={others.length} event={event} again={again} close={close} />}
      {to.open && event.data && <ToMany desk={desk} to={to} left={() => undefined} tips={reached(event.data.tips, desk.me)} again={again} />}
    </>
  );
  // Beside them and not within: what is written in a dialog stays when the first tip is linked.
  if (tip.event === null) {
    return (
      <>
        <p class="same-none"><span class="dim">{v('same')}</span>
          <button type="button" class="button small" data-testid="link-tips" data-key="m" onClick={() => setAsking('link')}>{v('link')}</button></p>
        {dialogs}
      </>
    );
  }
  return (
    <>
      <section class="same" aria-label={v('same')} data-testid="same-event">
        <h2>{event.data ? v('same_n', { n: others.length + 1 }) : v('same')}</h2>
        {!event.data && (event.fault ? <Failing fault={event.fault} again={event.again} /> : <Bones count={1} />)}
        <ul>{others.map((one) => (
          <li key={one.id}><a href={hashOf('tips', one.id)} data-testid="same-tip">
            <Chip tone={tone(one)}>{say(NEXT[one.next])}</Chip><span>{one.first || one.number}</span>
            {one.officer && <small>{short(one.officer_name, one.station_name)}</small>}</a></li>
        ))}</ul>
        <div class="same-acts">
          <button type="button" class="button" disabled={!event.data} data-testid="to-all" onClick={() => to.begin('answer')}>{m('answer')}{unfinished(desk, tip, 'event')}</button>
          <button type="button" class="button" disabled={!event.data} data-testid="close-all" onClick={() => to.begin('close')}>{m('close')}</button>
          <button type="button" class="button" data-testid="link-tips" data-key="m" onClick={() => setAsking('link')}>{v('link_more')}</button>
          <button type="button" class="button" disabled={!event.data} data-testid="part-tip" onClick={() => setAsking('part')}>{v('part')}</button>
        </div>
      </section>
      {dialogs}
    </>
  );
}

interface Of { desk: Desk; tip: TipView; event: Loaded<TipEvent>; again: () => void; close: () => void }

function Link({ desk, tip, event, again, close }: Of) {
  const [q, setQ] = useState('');
  const query = q ? 'state=all&q=' + encodeURIComponent(q) : 'box=station&state=open&order=waiting';
  const found = useLoad(query, 0, () => desk.api.get<TipList>(`/tips?${query}&station=${encodeURIComponent(tip.station)}&limit=50`));
  const [busy, setBusy] = useState('');
  const [fault, setFault] = useState('');
  // What this dialog linked is, also while the event is read anew.
  const [linked, setLinked] = useState<readonly string[]>([]);
  const known = new Set([...linked, ...(event.data ? event.data.tips.map((one) => one.id) : [])]);
  const near = (found.data ? found.data.tips : []).filter((one) => one.id !== tip.id && (q || !tip.community || one.community === tip.community));
  const go = async (other: TipView): Promise<void> => {
    setBusy(other.id);
    setFault('');
    try {
      const body: TipLinkIn = { other: other.id };
      event.put(await desk.api.post<TipEvent>(`/tips/${tip.id}/event`, body, { tries: 3 }));
      setLinked((before) => [...before, other.id]);
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
          {known.has(one.id) ? <span class="dim">{v('linked')}</span>
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

/** Whom a text to all of them may reach; the server judges again. */
function reached(tips: TipView[], me: MeView | null | undefined): TipView[] {
  return tips.filter((one) => me && one.next !== '110' && one.next !== 'over' && (one.officer === me.id || one.officer === null || me.role === 'SUPERVISOR'));
}
