import { useState } from 'preact/hooks';
import { useDraft } from '../parts/draft';
import { newKey } from '../shared/api';
import { faultWithHint } from '../shared/fault';
import type { CorrectIn, NoticeView } from '../shared/notices';
import type { Desk } from './desk';
import { Dialog } from './pieces';
import { t } from './words';
import { Picture } from './writing';

/** A kept draft may be of an officer who began with title and text alone: the rest is the notice's. */
export interface Correction { key: string; title: string; text: string; link?: string; picture?: string; everybody?: boolean }

/** What puts a published notice right: its words, link and picture, and who gets it besides those misled. */
export function Correct({ desk, one, close, done }: { desk: Desk; one: NoticeView; close: () => void; done: (view: NoticeView) => void }) {
  const [begun] = useState((): Correction => ({ key: newKey(), title: one.title, text: one.text }));
  const form = useDraft<Correction>(desk.drafts, `notice/${one.id}/correct`, begun);
  const { title, text, link = one.link, picture = one.picture, everybody = false } = form.value;
  const [uploading, setUploading] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const set = (members: Partial<Correction>): void => form.set({ ...members, key: newKey() });
  const badLink = link.trim() !== '' && !/^https:\/\/\S+$/.test(link.trim());
  const go = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    const sent = form.now();
    try {
      const body: CorrectIn = {
        key: sent.key, title: sent.title.trim(), text: sent.text.trim(), urgent: one.urgent, everybody: sent.everybody || false,
        ...(sent.link === undefined ? {} : { link: sent.link.trim() }), ...(sent.picture === undefined ? {} : { picture: sent.picture }),
      };
      const made = await desk.api.post<NoticeView>(`/notices/${one.id}/correct`, body, { tries: 3 });
      form.sent(sent);
      done(made);
    } catch (error) {
      setFault(faultWithHint(error));
      setBusy(false);
    }
  };
  return (
    <Dialog head={t('correct_head')} close={close}>
      <p>{t('correct_what')}</p>
      <label class="field"><span>{t('f_title')}</span><input value={title} maxLength={60} data-testid="c-title" onInput={(event) => set({ title: event.currentTarget.value })} /></label>
      <label class="field"><span>{t('f_text')}</span><textarea rows={6} maxLength={1000} value={text} data-testid="c-text" onInput={(event) => set({ text: event.currentTarget.value })} /></label>
      <label class="field"><span>{t('f_link')}</span>
        <input type="url" value={link} maxLength={500} placeholder="https://" aria-invalid={badLink} data-testid="c-link" onInput={(event) => set({ link: event.currentTarget.value })} /></label>
      <Picture desk={desk} file={picture} onChange={(file) => set({ picture: file })} onBusy={setUploading} />
      {picture && <img class="correct-picture" src={`/api/v1/notices/pictures/${picture}?face=community`} alt={t('f_picture')} />}
      <label class="check"><input type="checkbox" checked={everybody} data-testid="c-everybody" onChange={(event) => set({ everybody: event.currentTarget.checked })} />
        <span><b>{t('correct_all')}</b><small>{t('correct_all_hint')}</small></span></label>
      {fault && <p class="fault" role="alert">{fault}</p>}
      {badLink && <p class="dim" role="status">{t('correct_link')}</p>}
      <footer><button type="button" class="button" onClick={close}>{t('cancel')}</button>
        <button type="button" class="button main" disabled={busy || uploading || badLink || !title.trim() || !text.trim()} data-testid="c-save" onClick={() => void go()}>{t('f_save')}</button></footer>
    </Dialog>
  );
}
