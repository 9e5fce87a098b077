import { useEffect, useReducer, useState } from 'preact/hooks';
import { Login } from '../parts/login';
import { ChangePassword } from '../parts/password';
import { SetUpCode } from '../parts/totp';
import { onLanguage } from '../shared/i18n';
import type { DemoPerson } from '../shared/types';
import { ROLES, word } from '../shared/words';
import { Desk } from './desk';
import { Frame } from './frame';
import { Groups } from './groups';
import { Notices } from './notices';
import { Numbers } from './numbers';
import { placeOf } from './route';
import { Settings } from './settings';
import { Tips } from './tips';
import { t } from './words';

function called(one: DemoPerson): string {
  return one.station ? one.name : `${one.name} · ${word(ROLES, one.role)}`;
}

export function App() {
  const [desk] = useState(() => new Desk());
  const [place, setPlace] = useState(() => placeOf(location.hash));
  const [, draw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => desk.on(() => draw(0)), []);
  useEffect(() => onLanguage(() => draw(0)), []);
  useEffect(() => {
    // Waiting times are said in minutes: no need to draw more often.
    const timer = setInterval(() => draw(0), 15_000);
    const go = (): void => setPlace(placeOf(location.hash));
    addEventListener('hashchange', go);
    return () => { clearInterval(timer); removeEventListener('hashchange', go); };
  }, []);
  useEffect(() => { document.title = `${desk.unread ? `(${desk.unread}) ` : ''}${t(place.tab)} · ${t('product')}`; });
  if (desk.me === undefined) return <main class="loading"><p role="status">{t('loading')}</p></main>;
  if (desk.me === null) {
    return (
      <Login staff={desk} head={t('login_head')} choose={t('login_choose')} name={called} testid="demo-officer"
        wecom={desk.config ? desk.config.officer_login : ''} />
    );
  }
  if (desk.me.password_needed) {
    return <ChangePassword first api={desk.api} done={(me) => desk.enter(me)} leave={() => void desk.logOut()} />;
  }
  if (desk.me.code_needed) return <SetUpCode api={desk.api} me={desk.me} done={(me) => desk.enter(me)} out={() => void desk.logOut()} />;
  const id = place.id;
  return (
    <Frame desk={desk} place={place}>
      {place.tab === 'tips' && <Tips desk={desk} id={id} />}
      {place.tab === 'notices' && <Notices desk={desk} id={id} />}
      {place.tab === 'groups' && <Groups desk={desk} id={id} />}
      {place.tab === 'numbers' && <Numbers desk={desk} />}
      {place.tab === 'settings' && <Settings desk={desk} />}
    </Frame>
  );
}
