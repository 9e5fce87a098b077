import { useState } from 'preact/hooks';
import { faultWithHint } from '../shared/fault';
import type { TipThread, TipUrgentIn, TipView } from '../shared/tips';
import type { Desk } from './desk';
import { unfinished } from './saying';
import { t } from './words';

interface Props { desk: Desk; tip: TipView; put: (thread: TipThread) => void; to110: () => void }

/** What is urgent says so above everything else that can be done, with the way to 110; else it can be marked. */
export function Urgent({ desk, tip, put, to110 }: Props) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const mark = async (urgent: boolean): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      const body: TipUrgentIn = { urgent };
      put(await desk.api.post<TipThread>(`/tips/${tip.id}/urgent`, body, { tries: 3 }));
    } catch (error) {
      setFault(faultWithHint(error));
    }
    setBusy(false);
  };
  const failed = fault && <p class="fault" role="alert">{fault}</p>;
  if (!tip.urgent) {
    return (
      <div class="urgent-off">{failed}
        <button type="button" class="link" disabled={busy} data-testid="mark-urgent" data-key="u" onClick={() => void mark(true)}>{t('urgent_on')}</button></div>
    );
  }
  return (
    <section class="urgent" aria-label={t('urgent_tip')} data-testid="urgent">
      <p>{t('urgent_why')}</p>
      {failed}
      <div><button type="button" class="button danger fill" data-testid="to-110" onClick={to110}>{t('to_110')}{unfinished(desk, tip, '110')}</button>
        <button type="button" class="button" disabled={busy} data-testid="not-urgent" data-key="u" onClick={() => void mark(false)}>{t('urgent_off')}</button></div>
    </section>
  );
}
