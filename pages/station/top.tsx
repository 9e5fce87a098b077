import { Icon } from '../parts/icons';
import { LanguageButton } from '../parts/language';
import { Name } from '../parts/name';
import { elapsed } from '../shared/clock';
import { sharedWords } from '../shared/words';
import type { Duty } from './duty';
import { night, setNight } from './theme';
import { t } from './words';

export function Top({ duty, redraw }: { duty: Duty; redraw: () => void }) {
  const { me } = duty;
  return (
    <header class="top">
      <span class="mark"><Icon name="shield" size={22} /></span>
      <p class="top-who"><b role="heading" aria-level={1}><Name of={(me && me.station_name) || ''} /></b><span>{me && me.name.replace((me.station_name || ' ') + ' ', '')}</span></p>
      <button type="button" class="quiet-button" aria-pressed={night()} onClick={() => { setNight(!night()); redraw(); }}>
        {t(night() ? 'theme_day' : 'theme_night')}
      </button>
      <LanguageButton />
    </header>
  );
}

/** What is needed once a shift, below all that is needed at once. */
export function Foot({ duty, change }: { duty: Duty; change: (what: 'password' | 'code') => void }) {
  return (
    <footer class="foot">
      <button type="button" class="quiet-button" data-testid="change-password" onClick={() => change('password')}>{t('password')}</button>
      <button type="button" class="quiet-button" data-testid="change-code" onClick={() => change('code')}>{t('code')}</button>
      <button type="button" class="quiet-button" data-testid="log-out" onClick={() => void duty.logOut()}>{sharedWords('log_out')}</button>
    </footer>
  );
}

/** What must not be overlooked: no connection, no sound, a press that failed. */
export function Alarms({ duty }: { duty: Duty }) {
  const { state, since } = duty.live;
  return (
    <div class="alarms" role="alert">
      {state === 'lost' && <p class="alarm danger" data-testid="lost">{t('lost', { t: elapsed(since, Date.now()) })}</p>}
      {state === 'refused' && (
        <button type="button" class="alarm danger" onClick={() => void duty.logOut()}>{t('refused')}</button>
      )}
      {duty.book.unreadable.length > 0 && (
        <p class="alarm danger" data-testid="unreadable">{t('unreadable', { numbers: duty.book.unreadable.join(' ') })}</p>
      )}
      {!duty.ringer.ready && (
        <button type="button" class="alarm need" data-testid="sound" onClick={() => { duty.ringer.wake(); setTimeout(() => duty.ringer.strike(), 120); }}>
          <Icon name="sound" size={20} />{t('sound_off')}
        </button>
      )}
      {duty.trouble && <p class="alarm danger">{duty.trouble}</p>}
    </div>
  );
}
