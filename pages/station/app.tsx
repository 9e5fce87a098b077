import { useEffect, useReducer, useState } from 'preact/hooks';
import { Login } from '../parts/login';
import { ChangePassword } from '../parts/password';
import { SetUpCode } from '../parts/totp';
import { onLanguage } from '../shared/i18n';
import { Duty } from './duty';
import { Incident } from './incident';
import { List } from './list';
import { Ring } from './ring';
import { t } from './words';

export function App() {
  const [duty] = useState(() => new Duty());
  const [, draw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    // Much happens at once when a call begins: drawn once for each picture of the screen.
    let due = 0;
    const stop = duty.on(() => {
      if (!due) due = requestAnimationFrame(() => { due = 0; draw(0); });
    });
    return () => { stop(); cancelAnimationFrame(due); };
  }, []);
  useEffect(() => onLanguage(() => draw(0)), []);
  useEffect(() => {
    const timer = setInterval(() => draw(0), 1000);
    return () => clearInterval(timer);
  }, []);
  const ringing = duty.me ? duty.ringing() : [];
  useEffect(() => {
    const news = duty.me ? duty.unreadElsewhere().length : 0;
    document.title = (ringing.length ? '● ' + t('ring_head') + ' · ' : '') + (news ? t('title_unread', { n: news }) + ' · ' : '')
      + (ringing.length ? '' : t('title') + ' · ') + t('product');
  });
  if (duty.me === undefined) return <main class="loading"><p role="status">{t('loading')}</p></main>;
  if (duty.me === null) {
    return (
      <Login staff={duty} head={t('login_head')} choose={t('login_choose')} name={(one) => one.name} testid="demo-station" />
    );
  }
  if (duty.me.password_needed) {
    return <ChangePassword first api={duty.api} done={(me) => duty.enter(me)} leave={() => void duty.logOut()} />;
  }
  if (duty.me.code_needed) return <SetUpCode api={duty.api} me={duty.me} done={(me) => duty.enter(me)} out={() => void duty.logOut()} />;
  const incident = duty.open ? duty.book.get(duty.open) : undefined;
  return (
    <>
      {incident ? <Incident key={incident.id} duty={duty} incident={incident} /> : <List duty={duty} redraw={() => draw(0)} />}
      {ringing.length > 0 && <Ring key={ringing[0].id} duty={duty} incident={ringing[0]} more={ringing.length - 1} small={incident !== undefined} />}
    </>
  );
}
