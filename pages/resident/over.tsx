import { useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/icons';
import { elapsed, exact } from '../shared/clock';
import { faultWithHint } from '../shared/fault';
import { DISPOSITIONS, RESPONDER_STATES, word } from '../shared/words';
import { ringing, useRing } from './called';
import { Contact } from './contact';
import { Sheet } from './dialog';
import { LanguageSwitch } from './language';
import { TwoTaps } from './patience';
import { going } from './progress';
import type { Session } from './session';
import { useTick } from './ticking';
import { t } from './words';

/** After it: what was done, that nothing is sent any more, and the way back in. */
export function Over({ session }: { session: Session }) {
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const { view, kept } = session;
  const closed = view !== null && view.state === 'CLOSED';
  const calling = view !== null && (view.state === 'ANSWERED' || view.state === 'DISPATCHED');
  useTick();
  const rings = calling && !session.silent && ringing(view.called_back_at);
  useRing(rings);
  const [asks, setAsks] = useState(false);
  const sent = kept !== null && kept.receipt !== null;
  const come = (changed: boolean): void => {
    setBusy(true);
    setFault('');
    session.comeBack(changed).catch((error: unknown) => setFault(faultWithHint(error)))
      .then(() => setBusy(false), () => undefined);
  };
  const coming = view && closed ? going(view) : [];
  const called = calling && (session.silent || view.called_back_at !== null);
  const head = closed ? t('over_closed') : called ? t(rings || session.silent ? 'over_calling' : 'over_called') : t('over_left');
  return (
    <main class={'over' + (session.silent ? ' over-quiet' : '')} data-testid="over">
      <header class="over-top"><LanguageSwitch /></header>
      <span class={'over-mark' + (closed ? '' : ' open')} aria-hidden="true">
        <Icon name={closed ? 'check' : 'phone'} size={40} />
      </span>
      <h1>{head}</h1>
      <p class="over-number" data-testid="number">{kept && kept.receipt ? kept.receipt.number : ''}</p>
      {!closed && <p class="over-what" role="status">{t(sent ? 'over_left_what' : 'over_left_sending')}</p>}
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
      {!closed && <Contact session={session} open />}
      {fault && <p class="over-fault" role="alert">{fault}</p>}
      <div class="over-acts">
        <button type="button" class="big primary" data-testid="changed" disabled={busy} onClick={() => come(closed)}>
          {closed ? t('over_changed') : calling ? t('over_come') : t('over_back')}
          {closed && <small>{t('over_changed_hint')}</small>}
        </button>
        <button type="button" class="big" data-testid="anew" onClick={() => (closed ? session.startAnew() : setAsks(true))}>
          {t(closed ? 'over_anew' : 'over_leave')}
        </button>
        <p class="over-reach">{t('over_reach')}</p>
      </div>
      <Dial session={session} />
      {asks && (
        <Sheet label={t('over_leave_sure')} close={() => setAsks(false)}>
          <h2>{t('over_leave_sure')}</h2>
          <p>{t('over_leave_what', { number: kept && kept.receipt ? kept.receipt.number : '' })}</p>
          <button type="button" class="big primary" onClick={() => setAsks(false)}>{t('over_stay')}</button>
          <button type="button" class="big" data-testid="anew-sure" onClick={() => session.startAnew()}>{t('over_leave')}</button>
        </Sheet>
      )}
    </main>
  );
}

/** On a page that must stay quiet, a call needs two taps. */
function Dial({ session }: { session: Session }) {
  const taps = useRef(new TwoTaps());
  const [armed, setArmed] = useState(false);
  return (
    <a class="dial" href="tel:110" data-testid="dial"
      onClick={(event) => { if (session.silent) setArmed(!taps.current.tap(event)); }}>
      <Icon name="phone" size={22} />{t(armed ? 'dial_again' : 'dial')}
    </a>
  );
}
