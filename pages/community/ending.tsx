import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useDraft } from '../parts/draft';
import { newKey } from '../shared/api';
import { unsent } from '../shared/drafts';
import { faultWithHint } from '../shared/fault';
import type { TipReplyIn, TipThread, TipView } from '../shared/tips';
import type { Desk } from './desk';
import { d } from './draftwords';
import { Note } from './note';
import { Chip, Dialog } from './pieces';
import { t } from './words';

export type Ending = 'close' | 'reject';
type More = 'supplement' | 'reopen';

/** What ends a tip is shown once more before the resident reads it. */
export function AskEnding({ ending, text, close, go }: { ending: Ending; text: string; close: () => void; go: () => void }) {
  return (
    <Dialog head={t(`end_${ending}_head`)} close={close}>
      <p>{t(`end_${ending}_what`)}</p>
      <blockquote class="ending">{text}</blockquote>
      <footer><button type="button" class="button" onClick={close}>{t('end_write_on')}</button>
        <button type="button" class="button main" data-testid="end-now" onClick={() => { close(); go(); }}>{t(`r_${ending}`)}</button></footer>
    </Dialog>
  );
}

/** What the police can still do with a tip that is over: say more, or open it again. */
export function Over({ desk, tip, put, again }: { desk: Desk; tip: TipView; put: (thread: TipThread) => void; again: () => void }) {
  const [what, setWhat] = useState<More | 'note' | null>(null);
  return (
    <footer class="acts">
      <div class="acts-else">
        <button type="button" class="button" data-testid="note" data-key="b" onClick={() => setWhat('note')}>{t('note')}{unfinished(desk, tip, 'note')}</button>
        <button type="button" class="button" data-testid="supplement" onClick={() => setWhat('supplement')}>{t('supplement')}{unfinished(desk, tip, 'supplement')}</button>
        <button type="button" class="button" data-testid="reopen" onClick={() => setWhat('reopen')}>{t('reopen')}{unfinished(desk, tip, 'reopen')}</button>
      </div>
      {what === 'note' && <Note desk={desk} tip={tip} put={put} close={() => setWhat(null)} />}
      {what && what !== 'note' && <SayMore key={what} what={what} desk={desk} tip={tip} put={put} again={again} close={() => setWhat(null)} />}
    </footer>
  );
}

/** A mark on the button of a form that the end of a session, or its writer, has shut. */
export function unfinished(desk: Desk, tip: TipView, form: string): ComponentChildren {
  const kept = desk.drafts.get<{ text: string }>(`tip/${tip.id}/${form}`);
  return kept && kept.text.trim() ? <Chip tone="need">{d('unfinished')}</Chip> : null;
}

function SayMore({ what, desk, tip, put, again, close }: {
  what: More; desk: Desk; tip: TipView; put: (thread: TipThread) => void; again: () => void; close: () => void;
}) {
  // The same words are the same message, however often they are sent.
  const [begun] = useState(() => ({ text: '', key: newKey() }));
  const form = useDraft(desk.drafts, `tip/${tip.id}/${what}`, begun);
  const { text } = form.value;
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const go = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      const sent = form.now();
      const body: TipReplyIn = { key: sent.key, event: what, text: sent.text.trim() };
      put(await desk.api.post<TipThread>(`/tips/${tip.id}/reply`, body, { tries: 3 }));
      form.sent(sent, (left) => ({ text: unsent(left.text, body.text), key: newKey() }));
      close();
    } catch (error) {
      setFault(faultWithHint(error));
      setBusy(false);
      again();
    }
  };
  return (
    <Dialog head={t(`${what}_head`)} close={close}>
      <p>{t(`${what}_what`)}</p>
      <label class="field"><span>{t(`${what}_text`)}</span>
        <textarea rows={3} maxLength={1000} value={text} data-testid="more-text"
          onInput={(event) => form.set({ text: event.currentTarget.value, key: newKey() })} /></label>
      {fault && <p class="fault" role="alert">{fault}</p>}
      <footer><button type="button" class="button" onClick={close}>{t('cancel')}</button>
        <button type="button" class="button main" disabled={busy || !text.trim()} data-testid="more-now" onClick={() => void go()}>{t(what)}</button></footer>
    </Dialog>
  );
}
