import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useDraft } from '../parts/draft';
import { Icon } from '../parts/icons';
import { useHeld } from '../parts/held';
import { newKey } from '../shared/api';
import { unsent } from '../shared/drafts';
import { asFault, faultWithHint } from '../shared/fault';
import type { TipReplyIn, TipThread, TipView } from '../shared/tips';
import type { Desk } from './desk';
import { AskEnding, Over, type Ending } from './ending';
import { Choice, Dialog } from './pieces';
import { short } from './inbox';
import { useInsert } from './insert';
import { Prepared } from './prepared';
import { filled } from './preparedtext';
import { p } from './preparedwords';
import { Reassign } from './reassign';
import { hashOf } from './route';
import { SayMore, unfinished } from './saying';
import { TakeOver } from './takeover';
import { Urgent } from './urgent';
import { t } from './words';

const MOST = 1000;
type Event = Exclude<TipReplyIn['event'], 'supplement' | 'reopen'>;

interface Props { desk: Desk; tip: TipView; put: (thread: TipThread) => void; again: () => void }

/** What can be done with a tip now: take it, write to the resident, or give it to somebody else. */
export function Acts({ desk, tip, put, again }: Props) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const me = desk.me ? desk.me.id : '';
  const open = tip.next !== '110' && tip.next !== 'over';
  const [asking, setAsking] = useHeld<'station' | '110' | 'over' | 'colleague' | 'note'>(() => (open ? [tip.id, tip.station, tip.officer].join(' ') : null));
  if (tip.next === 'over') return <Over desk={desk} tip={tip} put={put} again={again} />;
  if (!open) return null;
  const take = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      put(await desk.api.post<TipThread>(`/tips/${tip.id}/take`, {}, { tries: 3 }));
    } catch (error) {
      const { facts } = asFault(error);
      setFault(facts.name ? t('has_it', { n: String(facts.name) }) : faultWithHint(error));
      again();
    }
    setBusy(false);
  };
  const mine = tip.officer === me;
  const others = (
    <>
      <button type="button" class="button" data-testid="note" data-key="b" onClick={() => setAsking('note')}>{t('note')}{unfinished(desk, tip, 'note')}</button>
      <button type="button" class="button" data-testid="reassign" data-key="p" onClick={() => setAsking('colleague')}>{t('reassign')}{unfinished(desk, tip, 'reassign')}</button>
      <button type="button" class="button" data-testid="hand-over" data-key="h" onClick={() => setAsking('station')}>{t('hand_over')}{unfinished(desk, tip, 'hand-over')}</button>
      {!tip.urgent && <button type="button" class="button danger" data-testid="to-110" onClick={() => setAsking('110')}>{t('to_110')}{unfinished(desk, tip, '110')}</button>}
    </>
  );
  return (
    <footer class="acts">
      {fault && <p class="fault" role="alert">{fault}</p>}
      <Urgent desk={desk} tip={tip} put={put} to110={() => setAsking('110')} />
      {mine ? <Composer key={tip.id} desk={desk} tip={tip} put={put} again={again} others={others} />
        : <button type="button" class="button main" disabled={busy} data-testid="take" data-key="t" onClick={() => (tip.officer ? setAsking('over') : void take())}>{t(tip.officer ? 'take_over' : 'take')}</button>}
      {!mine && (
        <div class="acts-else">
          {tip.officer && <span class="dim">{t('has_it', { n: short(tip.officer_name, tip.station_name) })}</span>}
          {others}
        </div>
      )}
      {asking === 'note' && <SayMore what="note" desk={desk} tip={tip} put={put} again={again} close={() => setAsking(null)} />}
      {asking === 'station' && <HandOver desk={desk} tip={tip} close={() => setAsking(null)} />}
      {asking === 'colleague' && <Reassign desk={desk} tip={tip} put={put} again={again} close={() => setAsking(null)} />}
      {asking === 'over' && <TakeOver desk={desk} tip={tip} put={put} again={again} close={() => setAsking(null)} />}
      {asking === '110' && <To110 desk={desk} tip={tip} put={put} close={() => setAsking(null)} />}
    </footer>
  );
}

const ENDS = { close: 'e' } as const;

function Composer({ desk, tip, put, again, others }: Props & { others: ComponentChildren }) {
  // The same words are the same message, however often they are sent.
  const [begun] = useState(() => ({ text: '', event: 'answer' as Event, key: newKey() }));
  const form = useDraft(desk.drafts, 'tip/' + tip.id, begun);
  const { text, event } = form.value;
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const options: Array<readonly [Event, string]> = [['answer', t('r_answer')], ['ask', t('r_ask')], ['close', t('r_close')]];
  if (tip.state === 'ASSIGNED') options.push(['reject', t('r_reject')]);
  const chosen = options.some(([one]) => one === event) ? event : 'answer';
  // What ends it is asked once more: the resident reads it at once.
  const [ending, setEnding] = useState<Ending | null>(null);
  const [preparing, setPreparing] = useState(false);
  const insert = useInsert(MOST, () => form.now().text, (text) => form.set({ text, key: newKey() }), preparing);
  const send = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      const sent = form.now();
      const body: TipReplyIn = { key: sent.key, event: chosen, text: sent.text.trim() };
      put(await desk.api.post<TipThread>(`/tips/${tip.id}/reply`, body, { tries: 3 }));
      form.sent(sent, (left) => ({ text: unsent(left.text, body.text), event: 'answer', key: newKey() }));
    } catch (error) {
      setFault(faultWithHint(error));
      if (!asFault(error).network) again();
    }
    setBusy(false);
  };
  return (
    <>
      <form class="composer" onSubmit={(submitted) => {
        submitted.preventDefault();
        if (chosen === 'close' || chosen === 'reject') setEnding(chosen);
        else void send();
      }}>
        {fault && <p class="fault" role="alert">{fault}</p>}
        <Choice label={t('how')} value={chosen} options={options} keys={ENDS} onChange={(one) => form.set({ event: one, key: newKey() })} />
        <textarea ref={insert.field} value={text} maxLength={MOST} rows={2} placeholder={t(`p_${chosen}`)} aria-label={t(`p_${chosen}`)} data-testid="reply-text" data-key="r"
          onBlur={insert.place} onSelect={insert.place} onInput={(input) => { insert.place(input); form.set({ text: input.currentTarget.value, key: newKey() }); }} />
        {text.length > MOST - 200 && <span class="dim">{t('left', { n: MOST - text.length })}</span>}
        {ending && ending === chosen && <AskEnding ending={ending} text={text.trim()} close={() => setEnding(null)} go={() => void send()} />}
        <div class="composer-foot">
          <button type="button" class="button" data-testid="prepared" data-key="c" onClick={() => setPreparing(true)}>{p('head')}</button>
          {others}
          <button type="submit" class="button main" disabled={busy || !text.trim()} data-testid="send"><Icon name="send" size={20} />{busy ? t('sending') : t(`r_${chosen}`)}</button>
        </div>
      </form>
      {/* A form of its own: it must not be in this one. */}
      {preparing && <Prepared desk={desk} station={tip.station} filled={(piece) => filled(piece, tip)} add={insert.add} close={() => setPreparing(false)} />}
    </>
  );
}

const TO_STATION = { station: '', text: '' };

function HandOver({ desk, tip, close }: { desk: Desk; tip: TipView; close: () => void }) {
  const form = useDraft(desk.drafts, `tip/${tip.id}/hand-over`, TO_STATION);
  const { station, text } = form.value;
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const go = async (): Promise<void> => {
    setBusy(true);
    const sent = form.now();
    try {
      await desk.api.post(`/tips/${tip.id}/hand-over`, { station: sent.station, text: sent.text.trim() });
      form.sent(sent);
      location.hash = hashOf('tips');
    } catch (error) {
      setFault(faultWithHint(error));
      setBusy(false);
    }
  };
  return (
    <Dialog head={t('hand_over_head')} close={close}>
      <p>{t('hand_over_what')}</p>
      <label class="field"><span>{t('which_station')}</span>
        <select value={station} onChange={(event) => form.set({ station: event.currentTarget.value })} data-testid="station">
          <option value="">—</option>
          {(desk.stations || []).filter((one) => one.id !== tip.station).map((one) => <option key={one.id} value={one.id}>{one.bureau} {one.name}</option>)}
        </select></label>
      <label class="field"><span>{t('why')}</span>
        <textarea rows={3} maxLength={1000} value={text} data-testid="hand-over-why" onInput={(event) => form.set({ text: event.currentTarget.value })} /></label>
      {fault && <p class="fault" role="alert">{fault}</p>}
      <footer><button type="button" class="button" onClick={close}>{t('cancel')}</button>
        <button type="button" class="button main" disabled={busy || !station} onClick={() => void go()}>{t('hand_over')}</button></footer>
    </Dialog>
  );
}

const TO_110 = { text: '' };

function To110({ desk, tip, put, close }: { desk: Desk; tip: TipView; put: (thread: TipThread) => void; close: () => void }) {
  const form = useDraft(desk.drafts, `tip/${tip.id}/110`, TO_110);
  const { text } = form.value;
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const go = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    const sent = form.now();
    try {
      // The tip itself is the key: however often it arrives, it is one incident.
      put(await desk.api.post<TipThread>(`/tips/${tip.id}/incident`, { text: sent.text.trim() }, { tries: 4 }));
      form.sent(sent);
      close();
    } catch (error) {
      setFault(faultWithHint(error));
      setBusy(false);
    }
  };
  return (
    <Dialog head={t('to_110_head')} close={close}>
      <p>{t('to_110_what')}</p>
      <label class="field"><span>{t('to_110_word')}</span>
        <textarea rows={3} maxLength={1000} value={text} data-testid="to-110-words" onInput={(event) => form.set({ text: event.currentTarget.value })} /></label>
      {fault && <p class="fault" role="alert">{fault}</p>}
      <footer><button type="button" class="button" onClick={close}>{t('cancel')}</button>
        <button type="button" class="button danger fill" disabled={busy} data-testid="to-110-now" onClick={() => void go()}>{t('to_110_do')}</button></footer>
    </Dialog>
  );
}
