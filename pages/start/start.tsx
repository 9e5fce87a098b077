import { useEffect, useReducer, useState } from 'preact/hooks';
import { Icon, type IconName } from '../parts/icons';
import { Api } from '../shared/api';
import { faultWords } from '../shared/fault';
import { language, onLanguage, setLanguage } from '../shared/i18n';
import type { DemoPerson, DemoView, MeView, Role } from '../shared/types';
import { ROLES, sharedWords, word } from '../shared/words';
import { t } from './words';

/** Who is most worth playing comes first. */
const RANK: Role[] = ['DISPATCHER', 'SUPERVISOR', 'ADMIN', 'STATION_OFFICER', 'COMMUNITY_OFFICER'];
const PHONE = 'popup,width=412,height=880';

/** The demo's door: what there is, one click into each of it, and an order to try. */
export function Start() {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  const [demo, setDemo] = useState<DemoView | null>(null);
  const [fault, setFault] = useState('');
  useEffect(() => onLanguage(() => draw(0)), []);
  useEffect(() => {
    const load = (): void => {
      new Api({}).get<DemoView>('/demo').then(setDemo, (error: unknown) => setFault(t('fault', { why: faultWords(error) })));
    };
    load();
    // Back from the desk: the station that was called is the one to open.
    addEventListener('focus', load);
    return () => removeEventListener('focus', load);
  }, []);
  const people = (face: string): DemoPerson[] | null => (demo
    ? demo.people.filter((one) => one.face === face).sort((a, b) => RANK.indexOf(a.role) - RANK.indexOf(b.role))
    : null);
  return (
    <main class="door">
      <header>
        <span class="mark"><Icon name="shield" size={26} /></span>
        <b>{t('title')}</b><span class="badge">{t('demo')}</span>
        <button type="button" class="switch" onClick={() => setLanguage(language() === 'en' ? 'zh-CN' : 'en')}>{sharedWords('language')}</button>
      </header>
      <h1>{t('head')}</h1>
      <p class="sub">{t('sub')}</p>
      {fault && <p class="fault" role="alert">{fault}</p>}
      <div class="doors">
        <section class="door-card red">
          <Head icon="handset" words={t('resident')} />
          <p>{t('resident_what')}</p>
          <a class="go" href="/110/" target="_blank" rel="noopener" data-testid="open-resident" onClick={(event) => {
            // A window of a phone's size; where that is blocked, the link itself opens.
            if (innerWidth > 700 && window.open('/110/', 'jingmin-phone', PHONE)) event.preventDefault();
          }}>{t('resident_open')}</a>
        </section>
        <Staff face="console" icon="desk" people={people('console')} pick={t('console_who')} />
        <Staff face="station" icon="shield" people={people('station')} pick={t('station_which')} suggested={demo ? demo.suggested : null} />
        <Staff face="community" icon="list" people={people('community')} pick={t('community_who')} />
        {demo && demo.simulator && (
          <section class="door-card green">
            <Head icon="phone" words={t('wechat')} />
            <p>{t('wechat_what')}</p>
            <a class="go low" href={demo.simulator + '/'} target="_blank" rel="noopener" data-testid="open-wechat">{t('wechat_open')}</a>
          </section>
        )}
      </div>
      <section class="order">
        <h2>{t('steps')}</h2>
        <ol>
          {(['step_1', 'step_2', 'step_3', 'step_4', 'step_5'] as const).map((step, i) => (
            <li key={step}><i aria-hidden="true">{i + 1}</i><span>{t(step)}</span></li>
          ))}
        </ol>
        <p class="note">{t('note')}</p>
      </section>
      {demo && demo.simulator && (
        <section class="order">
          <h2>{t('wechat_steps')}</h2>
          <ol>
            {(['wechat_1', 'wechat_2', 'wechat_3', 'wechat_4'] as const).map((step, i) => (
              <li key={step}><i aria-hidden="true">{i + 1}</i><span>{t(step)}</span></li>
            ))}
          </ol>
        </section>
      )}
    </main>
  );
}

function Head({ icon, words }: { icon: IconName; words: string }) {
  return <h2><span class="door-icon"><Icon name={icon} size={26} /></span>{words}</h2>;
}

function Staff({ face, icon, people, pick, suggested }: {
  face: 'console' | 'station' | 'community'; icon: IconName; people: DemoPerson[] | null; pick: string; suggested?: string | null;
}) {
  const [chosen, setChosen] = useState('');
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const [blocked, setBlocked] = useState(false);
  const login = chosen || suggested || (people && people[0] ? people[0].login : '');
  const go = async (): Promise<void> => {
    setBusy(true);
    setSaid('');
    // Opened now, while the click still counts, and sent on when the log-in is done.
    const opened = window.open('', 'jingmin-' + face);
    try {
      await new Api({ face }).post<MeView>('/session/demo', { login });
      if (opened) opened.location.href = `/${face}/`;
      setBlocked(!opened);
    } catch (error) {
      if (opened) opened.close();
      setSaid(faultWords(error));
    }
    setBusy(false);
  };
  const named = (one: DemoPerson): string =>
    (one.station ? one.name : `${one.name} · ${word(ROLES, one.role)}`);
  return (
    <section class={'door-card ' + (face === 'station' ? 'green' : 'blue')}>
      <Head icon={icon} words={t(face)} />
      <p>{t(`${face}_what`)}</p>
      <label><span class="pick">{pick}</span>
        <select value={login} disabled={!people} data-testid={'pick-' + face} onChange={(event) => setChosen(event.currentTarget.value)}>
          {people ? people.map((one) => <option key={one.login} value={one.login}>{named(one)}</option>)
            : <option>{t('loading')}</option>}
        </select>
      </label>
      <button type="button" class="go" disabled={busy || !login} data-testid={'open-' + face} onClick={() => void go()}>
        {busy ? t('opening') : t(`${face}_open`)}
      </button>
      {blocked && <a class="door-link" href={`/${face}/`}>{t('blocked')}</a>}
      {said && <p class="fault" role="alert">{said}</p>}
    </section>
  );
}
