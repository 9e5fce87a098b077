import { useState } from 'preact/hooks';
import { ChangePassword } from '../parts/password';
import { SetUpCode } from '../parts/totp';
import type { ChargeView } from '../shared/charge';
import { exact, now } from '../shared/clock';
import { faultWithHint } from '../shared/fault';
import type { ColleagueList } from '../shared/tips';
import type { MeView } from '../shared/types';
import { ROLES, sharedWords, word } from '../shared/words';
import { Charge, OpenTips, useCharge } from './charge';
import type { Desk } from './desk';
import { local, ms } from './draft';
import { short } from './inbox';
import { useLoad, type Loaded } from './load';
import { Failing } from './pieces';
import { Welcome } from './welcome';
import { t } from './words';

const DAY = 86_400_000;

export function Settings({ desk }: { desk: Desk }) {
  const { me } = desk;
  const [changing, setChanging] = useState<'' | 'password' | 'code'>('');
  if (!me) return null;
  const back = (): void => setChanging('');
  const done = (after: MeView): void => { desk.known(after); back(); };
  if (changing) {
    return (
      <div class="pane whole scroll">
        {changing === 'password'
          ? <ChangePassword first={false} api={desk.api} leave={back} done={done} />
          : <SetUpCode api={desk.api} me={me} out={back} done={done} />}
      </div>
    );
  }
  return <Whole desk={desk} me={me} change={setChanging} />;
}

function Whole({ desk, me, change }: { desk: Desk; me: MeView; change: (what: 'password' | 'code') => void }) {
  const charge = useCharge(desk, me);
  const supervisor = me.role === 'SUPERVISOR';
  return (
    <div class="pane whole scroll settings">
      {supervisor ? <p class="dim">{t('set_supervisor')}</p> : <Away desk={desk} me={me} charge={charge} />}
      {!supervisor && <Charge desk={desk} me={me} loaded={charge} />}
      {me.role === 'COMMUNITY_OFFICER' && (
        <section class="card"><h2>{t('set_mine')}</h2>
          {me.communities.length ? <p class="names">{me.communities.map((one) => <span key={one}>{desk.name(one)}</span>)}</p> : <p class="dim">{t('set_no_communities')}</p>}</section>
      )}
      {supervisor && <Welcome desk={desk} community="" />}
      <Sound desk={desk} />
      <section class="card"><h2>{t('set_account')}</h2>
        <p>{short(me.name, me.station_name)} · {word(ROLES, me.role)}{me.station_name ? ' · ' + me.station_name : ''}</p>
        <button type="button" class="button" data-testid="change-password" onClick={() => change('password')}>{t('set_password')}</button>{' '}
        <button type="button" class="button" data-testid="change-code" onClick={() => change('code')}>{t('set_code')}</button>{' '}
        <button type="button" class="button" data-testid="log-out" onClick={() => void desk.logOut()}>{sharedWords('log_out')}</button></section>
    </div>
  );
}

function Sound({ desk }: { desk: Desk }) {
  return (
    <section class="card"><h2>{t('set_sound')}</h2>
      <label class="check"><input type="checkbox" checked={!desk.muted} onChange={(event) => { desk.muted = !event.currentTarget.checked; }} />
        <span><b>{t('set_sound_on')}</b><small>{t('set_sound_hint')}</small></span></label>
      <button type="button" class="button" onClick={() => { desk.ringer.wake(); setTimeout(() => desk.ringer.chime(), 120); }}>{t('set_sound_try')}</button></section>
  );
}

/** The next eight in the morning. */
export function morning(from: number): number {
  const at = new Date(from);
  at.setHours(8, 0, 0, 0);
  if (at.getTime() <= from) at.setDate(at.getDate() + 1);
  return at.getTime();
}

function Away({ desk, me, charge }: { desk: Desk; me: MeView; charge: Loaded<ChargeView> }) {
  // For a night nothing changes hands unless that is wanted; the deputy hears of everything anyway.
  const [wanted, setWanted] = useState<boolean | null>(null);
  const loaded = useLoad('colleagues', 0, () => desk.api.get<ColleagueList>('/session/colleagues'));
  const [until, setUntil] = useState('');
  const [deputy, setDeputy] = useState(me.deputy || '');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const away = me.away_until !== null && me.away_until > now();
  const colleagues = loaded.data ? loaded.data.colleagues : [];
  const stand = colleagues.find((one) => one.id === me.deputy);
  const chosen = ms(until);
  const give = wanted === null ? chosen !== null && chosen - now() > DAY : wanted;
  const open = charge.data ? charge.data.tips.length : 0;
  const save = async (at: number | null): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      desk.known(await desk.api.put<MeView>('/session/away', { away_until: at, deputy: deputy || null, hand_over: at !== null && give && open > 0 }));
      charge.again();
    } catch (error) {
      setFault(faultWithHint(error));
    }
    setBusy(false);
  };
  return (
    <section class={'card away' + (away ? ' is-away' : '')} data-testid="away">
      <h2>{t('set_away')}</h2>
      <p>{away && me.away_until ? t('set_away_until', { t: exact(me.away_until), n: stand ? short(stand.name, me.station_name) : t('set_others') }) : t('set_present')}</p>
      {loaded.fault && !loaded.data && <Failing fault={loaded.fault} again={loaded.again} />}
      <label class="field"><span>{t('set_deputy')}</span>
        <select value={deputy} disabled={!loaded.data} onChange={(event) => setDeputy(event.currentTarget.value)} data-testid="deputy">
          <option value="">{t('set_no_deputy')}</option>
          {colleagues.map((one) => <option key={one.id} value={one.id}>{one.away_until ? t('set_colleague_away', { n: short(one.name, me.station_name) }) : short(one.name, me.station_name)}</option>)}
        </select></label>
      <label class="field"><span>{t('set_until')}</span>
        <input type="datetime-local" value={until} min={local(now())} onInput={(event) => setUntil(event.currentTarget.value)} data-testid="until" /></label>
      <div class="quick">
        <button type="button" class="button small" onClick={() => setUntil(local(morning(now())))}>{t('set_tonight')}</button>
        {[1, 3, 7].map((n) => <button key={n} type="button" class="button small" onClick={() => setUntil(local(now() + n * DAY))}>{t('set_days', { n })}</button>)}
      </div>
      {charge.data && <OpenTips charge={charge.data} />}
      {open > 0 && (
        <label class="check"><input type="checkbox" checked={give} onChange={(event) => setWanted(event.currentTarget.checked)} data-testid="give-tips" />
          <span>{t(deputy ? 'set_hand_over' : 'set_hand_over_others', { n: open })}</span></label>
      )}
      <p class="dim">{t('set_additions')}</p>
      {fault && <p class="fault" role="alert">{fault}</p>}
      <div class="acts-else">
        {away && <button type="button" class="button main" disabled={busy} onClick={() => void save(null)} data-testid="am-back">{t('set_back')}</button>}
        <button type="button" class={away ? 'button' : 'button main'} disabled={busy || chosen === null || chosen <= now()} onClick={() => void save(chosen)} data-testid="go-away">{t('set_go')}</button>
      </div>
    </section>
  );
}
