import { useState } from 'preact/hooks';
import { Icon } from '../parts/icons';
import { ChangePassword } from '../parts/password';
import { SetUpCode } from '../parts/totp';
import { ago, exact } from '../shared/clock';
import { distance, metres } from '../shared/geo';
import type { IncidentView, MeView } from '../shared/types';
import { INCIDENT_STATES, KINDS, RESPONDER_STATES, sharedWords, word } from '../shared/words';
import { where } from '../shared/where';
import type { Duty } from './duty';
import { placeWords } from './place';
import { Alarms, Foot, Top } from './top';
import { t } from './words';

const TONES: Record<string, string> = {
  ASSIGNED: 'need', ACKNOWLEDGED: 'hand', EN_ROUTE: 'hand', ON_SCENE: 'well', CLEARED: 'over', STOOD_DOWN: 'over',
};

/** The station's duty list. */
export function List({ duty, redraw }: { duty: Duty; redraw: () => void }) {
  const [changing, setChanging] = useState<'' | 'password' | 'code'>('');
  const all = duty.book.all();
  const over = (one: IncidentView): boolean => !duty.goesOn(one);
  const open = all.filter((one) => !over(one));
  const done = all.filter(over);
  const back = (): void => setChanging('');
  const changed = (me: MeView): void => { duty.known(me); back(); };
  if (changing === 'password') return <ChangePassword first={false} api={duty.api} leave={back} done={changed} />;
  if (changing === 'code' && duty.me) return <SetUpCode api={duty.api} me={duty.me} out={back} done={changed} />;
  return (
    <main class="duty">
      <Top duty={duty} redraw={redraw} />
      <Alarms duty={duty} />
      {!duty.book.known ? (
        <div class="cards" role="status" aria-label={t('loading')}><i class="bone" /><i class="bone" /><i class="bone" /></div>
      ) : (
        <>
          <h2>{t('list_open')} <b>{open.length}</b></h2>
          {!open.length && (
            <div class="empty" data-testid="empty">
              <Icon name="shield" size={44} /><b>{t('list_empty')}</b><span>{t('list_empty_hint')}</span>
              <button type="button" class="button" onClick={() => { duty.ringer.wake(); setTimeout(() => duty.ringer.strike(), 120); }}>
                <Icon name="bell" size={20} />{t('sound_test')}
              </button>
            </div>
          )}
          <div class="cards">{open.map((one) => <Card key={one.id} duty={duty} one={one} />)}</div>
          {done.length > 0 && <h2>{t('list_over')} <b>{done.length}</b></h2>}
          <div class="cards">{done.map((one) => <Card key={one.id} duty={duty} one={one} />)}</div>
        </>
      )}
      <Foot duty={duty} change={setChanging} />
    </main>
  );
}

function Card({ duty, one }: { duty: Duty; one: IncidentView }) {
  const responder = duty.responder(one);
  const target = where(one);
  const goesOn = duty.goesOn(one);
  const own = responder ? word(RESPONDER_STATES, responder.state) : '';
  const whole = one.state === 'CLOSED' ? word(INCIDENT_STATES, one.state) : one.handed_at !== null ? t('list_handed') : '';
  const state = !goesOn && whole ? whole : [own, whole].filter(Boolean).join(' · ');
  const tone = goesOn && responder ? TONES[responder.state] : 'over';
  return (
    <button type="button" class={'card tone-' + tone} data-testid="card" data-number={one.number} onClick={() => void duty.show(one.id)}>
      <span class="card-state"><i aria-hidden="true" />{state}</span>
      <time title={exact(one.raised_at)}>{ago(one.raised_at)}</time>
      <b class="card-place">{placeWords(one, duty.me)}</b>
      <span class="card-facts">
        {word(KINDS, one.kind)}
        {target && duty.here && ' · ' + metres(distance(duty.here, target))}
        {responder && responder.officer_name && ' · ' + responder.officer_name}
      </span>
      {duty.unread(one) > 0 && <span class="card-news" data-testid="unread"><Icon name="text" size={18} />{t('unread', { n: duty.unread(one) })}</span>}
      <span class="card-number">{one.number}</span>
      {one.silent && <span class="card-silent"><Icon name="quiet" size={18} />{sharedWords('silent')}</span>}
    </button>
  );
}
