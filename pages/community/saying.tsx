import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useDraft } from '../parts/draft';
import { newKey } from '../shared/api';
import { unsent } from '../shared/drafts';
import { faultWithHint } from '../shared/fault';
import type { TipNoteIn, TipReplyIn, TipThread, TipView } from '../shared/tips';
import type { Desk } from './desk';
import { d } from './draftwords';
import { Chip, Dialog } from './pieces';
import { t } from './words';

export type Saying = 'supplement' | 'reopen' | 'note';

/** A mark on the button of a form that the end of a session, or its writer, has shut. */
export function unfinished(desk: Desk, tip: TipView, form: string): ComponentChildren {
  const kept = desk.drafts.get<{ text: string }>(`tip/${tip.id}/${form}`);
  return kept && kept.text.trim() ? <Chip tone="need">{d('unfinished')}</Chip> : null;
}

/** What the resident reads, or (`note`) colleagues alone: each its own form, so that none is taken for the other. */
export function SayMore({ what, desk, tip, put, again, close }: {
  what: Saying; desk: Desk; tip: TipView; put: (thread: TipThread) => void; again: () => void; close: () => void;
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
      const said: TipNoteIn = { key: sent.key, text: sent.text.trim() };
      const body: TipNoteIn | TipReplyIn = what === 'note' ? said : { ...said, event: what };
      put(await desk.api.post<TipThread>(`/tips/${tip.id}/${what === 'note' ? 'notes' : 'reply'}`, body, { tries: 3 }));
      form.sent(sent, (left) => ({ text: unsent(left.text, said.text), key: newKey() }));
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
