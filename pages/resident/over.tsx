import { useState } from 'preact/hooks';
import { Icon } from '../parts/icons';
import { elapsed, exact } from '../shared/clock';
import { faultWithHint } from '../shared/fault';
import { DISPOSITIONS, RESPONDER_STATES, word } from '../shared/words';
import { going } from './progress';
import type { Session } from './session';
import { LanguageSwitch } from './language';
import { t } from './words';

/** After it: what was done, that nothing is sent any more, and the way back in. */
export function Over({ session }: { session: Session }) {
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const { view, kept } = session;
  const closed = view !== null && view.state === 'CLOSED';
  const calling = view !== null && (view.state === 'ANSWERED' || view.state === 'DISPATCHED');
  const come = (changed: boolean): void => {
    setBusy(true);
    setFault('');
    session.comeBack(changed).catch((error: unknown) => setFault(faultWithHint(error)))
      .then(() => setBusy(false), () => undefined);
  };
  const coming = view && closed ? going(view) : [];
  const head = closed ? t('over_closed') : calling ? t('over_calling') : t('over_left');
  return (
    <main class={'over' + (session.silent ? ' over-quiet' : '')} data-testid="over">
      <header class="over-top"><LanguageSwitch /></header>
      <span class={'over-mark' + (closed ? '' : ' open')} aria-hidden="true">
        <Icon name={closed ? 'check' : 'phone'} size={40} />
      </span>
      <h1>{head}</h1>
      <p class="over-number" data-testid="number">{kept && kept.receipt ? kept.receipt.number : ''}</p>
      {!closed && <p class="over-what">{t('over_left_what')}</p>}
      {coming.map((one) => (
        <p key={one.name} class="over-what" role="status" data-testid="still-coming">
          {t(one.state === 'ON_SCENE' ? 'over_on_scene' : 'over_coming', { name: one.name, state: word(RESPONDER_STATES, one.state) })}
        </p>
      ))}
      {closed && view && (
        <dl class="over-card">
          <dt>{t('over_done')}</dt>
          <dd>
            <b>{view.disposition ? word(DISPOSITIONS, view.disposition) : ''}</b>
            {view.closed_at && <small title={exact(view.closed_at)}>{t('over_took', { t: elapsed(view.waiting_since, view.closed_at) })}</small>}
          </dd>
          {view.stations.length > 0 && <dt>{t('over_stations')}</dt>}
          {view.stations.map((one) => (
            <dd key={one.name}><b>{one.name}</b><small>{word(RESPONDER_STATES, one.state)}</small></dd>
          ))}
        </dl>
      )}
      <ul class="over-off">
        <li data-testid="tracking-off"><Icon name="check" size={18} />{t('over_tracking')}</li>
        <li><Icon name="check" size={18} />{t('over_media')}</li>
      </ul>
      {fault && <p class="over-fault" role="alert">{fault}</p>}
      <div class="over-acts">
        <button type="button" class="big primary" data-testid="changed" disabled={busy} onClick={() => come(closed)}>
          {closed ? t('over_changed') : calling ? t('over_come') : t('over_back')}
          {closed && <small>{t('over_changed_hint')}</small>}
        </button>
        <button type="button" class="big" data-testid="anew" onClick={() => session.startAnew()}>{t('over_anew')}</button>
        <p class="over-reach">{t('over_reach')}</p>
        <a class="dial" href="tel:110"><Icon name="phone" size={22} />{t('dial')}</a>
      </div>
    </main>
  );
}
