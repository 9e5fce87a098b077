import { useState } from 'preact/hooks';
import { useDraft } from '../parts/draft';
import type { ReassignIn } from '../shared/bodies';
import { asFault, faultWithHint } from '../shared/fault';
import type { ColleagueList, TipThread, TipView } from '../shared/tips';
import type { Desk } from './desk';
import { short } from './inbox';
import { useLoad } from './load';
import { Dialog, Failing } from './pieces';
import { t } from './words';

const TO_COLLEAGUE = { to: '', text: '' };

/** To a colleague of the tip's station, with a reason; he is told. */
export function Reassign({ desk, tip, put, again, close }: { desk: Desk; tip: TipView; put: (thread: TipThread) => void; again: () => void; close: () => void }) {
  const form = useDraft(desk.drafts, `tip/${tip.id}/reassign`, TO_COLLEAGUE);
  const found = useLoad(tip.id, 0, () => desk.api.get<ColleagueList>(`/tips/${tip.id}/colleagues`));
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const { text } = form.value;
  const heirs = found.data ? found.data.colleagues : [];
  // Whoever was chosen in a draft may have gone meanwhile.
  const to = heirs.some((one) => one.id === form.value.to) ? form.value.to : '';
  const go = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    const sent = form.now();
    try {
      const body: ReassignIn = { holder: tip.officer, to, text: sent.text.trim() };
      put(await desk.api.post<TipThread>(`/tips/${tip.id}/reassign`, body, { tries: 3 }));
      form.sent(sent);
      close();
    } catch (error) {
      const { facts } = asFault(error);
      setFault(facts.name ? t('has_it', { n: String(facts.name) }) : faultWithHint(error));
      setBusy(false);
      again();
    }
  };
  return (
    <Dialog head={t('reassign_head')} close={close}>
      <p>{t('reassign_what')}</p>
      {!found.data && found.fault && <Failing fault={found.fault} again={found.again} />}
      <label class="field"><span>{t('reassign_to')}</span>
        <select value={to} disabled={!found.data} onChange={(event) => form.set({ to: event.currentTarget.value })} data-testid="reassign-to">
          <option value="">—</option>
          {heirs.map((one) => <option key={one.id} value={one.id}>{short(one.name, tip.station_name)}</option>)}
        </select></label>
      {found.data && !heirs.length && <p class="dim">{t('reassign_nobody')}</p>}
      <label class="field"><span>{t('why')}</span>
        <textarea rows={3} maxLength={1000} value={text} data-testid="reassign-why" onInput={(event) => form.set({ text: event.currentTarget.value })} /></label>
      {fault && <p class="fault" role="alert">{fault}</p>}
      <footer><button type="button" class="button" onClick={close}>{t('cancel')}</button>
        <button type="button" class="button main" disabled={busy || !to || !text.trim()} data-testid="reassign-now" onClick={() => void go()}>{t('reassign')}</button></footer>
    </Dialog>
  );
}
