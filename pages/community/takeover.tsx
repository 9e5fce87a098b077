import { useState } from 'preact/hooks';
import type { TakeOverIn } from '../shared/bodies';
import { asFault, faultWithHint } from '../shared/fault';
import type { TipThread, TipView } from '../shared/tips';
import type { Desk } from './desk';
import { short } from './inbox';
import { Dialog } from './pieces';
import { t } from './words';

/** Asks before a tip is taken from a colleague, who is told. */
export function TakeOver({ desk, tip, put, again, close }: { desk: Desk; tip: TipView; put: (thread: TipThread) => void; again: () => void; close: () => void }) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const n = short(tip.officer_name, tip.station_name);
  const go = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      const body: TakeOverIn = { holder: tip.officer };
      put(await desk.api.post<TipThread>(`/tips/${tip.id}/take-over`, body, { tries: 3 }));
      close();
    } catch (error) {
      const { facts } = asFault(error);
      setFault(facts.name ? t('has_it', { n: String(facts.name) }) : faultWithHint(error));
      setBusy(false);
      again();
    }
  };
  return (
    <Dialog head={t('take_over_head', { n })} close={close}>
      <p>{t('take_over_what', { n })}</p>
      {fault && <p class="fault" role="alert">{fault}</p>}
      <footer><button type="button" class="button" onClick={close}>{t('cancel')}</button>
        <button type="button" class="button main" disabled={busy} data-testid="take-over-now" onClick={() => void go()}>{t('take_over')}</button></footer>
    </Dialog>
  );
}
