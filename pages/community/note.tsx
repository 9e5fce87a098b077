import { useState } from 'preact/hooks';
import { useDraft } from '../parts/draft';
import { newKey } from '../shared/api';
import { unsent } from '../shared/drafts';
import { faultWithHint } from '../shared/fault';
import type { TipNoteIn, TipThread, TipView } from '../shared/tips';
import type { Desk } from './desk';
import { Dialog } from './pieces';
import { t } from './words';

/** Something for colleagues: a form of its own, so that it is never sent to the resident by mistake. */
export function Note({ desk, tip, put, close }: { desk: Desk; tip: TipView; put: (thread: TipThread) => void; close: () => void }) {
  // The same words are the same note, however often they are sent.
  const [begun] = useState(() => ({ text: '', key: newKey() }));
  const form = useDraft(desk.drafts, `tip/${tip.id}/note`, begun);
  const { text } = form.value;
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const go = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    const sent = form.now();
    try {
      const body: TipNoteIn = { key: sent.key, text: sent.text.trim() };
      put(await desk.api.post<TipThread>(`/tips/${tip.id}/notes`, body, { tries: 3 }));
      form.sent(sent, (left) => ({ text: unsent(left.text, body.text), key: newKey() }));
      close();
    } catch (error) {
      setFault(faultWithHint(error));
      setBusy(false);
    }
  };
  return (
    <Dialog head={t('note_head')} close={close}>
      <p>{t('note_what')}</p>
      <label class="field"><span>{t('note')}</span>
        <textarea rows={3} maxLength={1000} value={text} data-testid="note-text"
          onInput={(event) => form.set({ text: event.currentTarget.value, key: newKey() })} /></label>
      {fault && <p class="fault" role="alert">{fault}</p>}
      <footer><button type="button" class="button" onClick={close}>{t('cancel')}</button>
        <button type="button" class="button main" disabled={busy || !text.trim()} data-testid="note-now" onClick={() => void go()}>{t('note_save')}</button></footer>
    </Dialog>
  );
}
