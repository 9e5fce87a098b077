import { useState } from 'preact/hooks';
import { Icon } from '../parts/icons';
import { faultWithHint } from '../shared/fault';
import { listed } from '../shared/i18n';
import { going } from './progress';
import type { Session } from './session';
import { t } from './words';

/** The call is over and the case goes on: who goes on, that one can write, and the way to call again. */
export function Ended({ session }: { session: Session }) {
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const { view } = session;
  if (!view) return null;
  const names = listed(going(view).map((one) => one.name));
  const again = (): void => {
    setBusy(true);
    setFault('');
    session.callAgain().catch((error: unknown) => setFault(faultWithHint(error))).then(() => setBusy(false), () => undefined);
  };
  return (
    <div class="waiting ended" data-testid="call-ended" role="status">
      <h2>{t('ended')}</h2>
      <p class="waiting-hint">
        {names ? t(view.handed_at !== null ? 'ended_station' : 'ended_both', { names }) : t('ended_110')}
        {' '}{t('ended_write')}
      </p>
      {fault && <p class="waiting-again" role="alert">{fault}</p>}
      <button type="button" class="ended-again" data-testid="call-again" disabled={busy} onClick={again}>
        <Icon name="phone" size={22} />{t('ended_again')}
      </button>
    </div>
  );
}
