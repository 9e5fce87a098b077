import { useState } from 'preact/hooks';
import { ago, exact } from '../shared/clock';
import { asFault, faultWithHint } from '../shared/fault';
import type { HandedTipList, TipView } from '../shared/tips';
import type { Desk } from './desk';
import { useLoad } from './load';
import { hashOf } from './route';
import { t } from './words';

/** What I handed over and nobody took yet: a wrong one is called back with one press. */
export function Handed({ desk }: { desk: Desk }) {
  const list = useLoad('handed', desk.revision.tips, () => desk.api.get<HandedTipList>('/tips/handed'));
  const [busy, setBusy] = useState('');
  const [fault, setFault] = useState('');
  const tips = list.data ? list.data.tips : [];
  const back = async (id: string): Promise<void> => {
    setBusy(id);
    setFault('');
    try {
      const tip = await desk.api.delete<TipView>(`/tips/${id}/hand-over`);
      location.hash = hashOf('tips', tip.id);
    } catch (error) {
      const { facts } = asFault(error);
      setFault(facts.name ? t('handed_late', { s: String(facts.name) }) : faultWithHint(error));
    }
    setBusy('');
    list.again();
  };
  if (!tips.length && !fault) return null;
  return (
    <section class="handed" aria-label={t('handed_head')} data-testid="handed">
      <h2>{t('handed_head')}</h2>
      {fault && <p class="fault" role="alert">{fault}</p>}
      <ul>{tips.map((one) => (
        <li key={one.id}><span>{t('handed_row', { n: one.number, s: one.station_name })} · <time title={exact(one.at)}>{ago(one.at)}</time></span>
          <button type="button" class="button small" disabled={busy === one.id} data-testid="call-back" onClick={() => void back(one.id)}>{t('call_back')}</button></li>
      ))}</ul>
    </section>
  );
}
