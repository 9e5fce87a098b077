import { useEffect, useRef, useState } from 'preact/hooks';
import { asFault, faultWithHint, faultWords } from '../shared/fault';
import { say, translator } from '../shared/i18n';
import type { DemoPerson } from '../shared/types';
import { proofOf, recovery } from '../shared/recovery';
import { waitWords } from '../shared/waiting';
import { sharedWords } from '../shared/words';
import { CodeField } from './codefield';
import { Icon } from './icons';
import { LanguageButton } from './language';
import type { Staff } from './staff';

const t = translator({
  product: ['警民110', 'Jingmin 110'],
  login: ['账号', 'Account'],
  password: ['密码', 'Password'],
  code: ['动态码（如已启用）', 'One-time code (if in use)'],
  wrong_recovery: recovery['recovery.wrong'],
  demo: ['演示：一键登录', 'Demo: one-click log-in'],
  wecom: ['用企业微信登录', 'Log in with WeCom'],
  next_code: ['每个动态码只能用一次，请等验证器显示下一个', 'Each code is good once: wait for the next'],
  busy: ['正在登录…', 'Logging in…'],
});

interface Props {
  staff: Staff;
  head: string;
  /** What is chosen in the demo, and how its people are called there. */
  choose: string;
  name: (one: DemoPerson) => string;
  testid: string;
  /** Where WeCom logs somebody in, when it does. */
  wecom?: string;
}

export function Login({ staff, head, choose, name, testid, wecom }: Props) {
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [recovering, setRecovering] = useState(false);
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const [chosen, setChosen] = useState('');
  const wrong = useRef<HTMLParagraphElement>(null);
  const said = fault || staff.trouble;
  // Both ways in are below it, on a phone with the keyboard open far below.
  useEffect(() => { if (wrong.current) wrong.current.scrollIntoView({ block: 'nearest' }); }, [said]);
  const enter = (work: Promise<void>): void => {
    setBusy(true);
    setFault('');
    work.catch((error: unknown) => {
      const wait = waitWords(asFault(error));
      setFault(asFault(error).code === 'login_failed' && code ? say(['{a}。{b}', '{a}. {b}'], { a: faultWords(error), b: t(recovering ? 'wrong_recovery' : 'next_code') })
        : asFault(error).network ? faultWithHint(error)
        : wait ? say(['{a}。{b}', '{a}. {b}'], { a: faultWords(error), b: wait }) : faultWords(error));
    }).finally(() => setBusy(false));
  };
  const who = chosen || (staff.demo[0] ? staff.demo[0].login : '');
  const quick = staff.demo.length > 0;
  return (
    <main class="login">
      <header><span class="mark"><Icon name="shield" size={26} /></span><LanguageButton /></header>
      <h1>{head}</h1>
      <p class="dim">{staff.config ? `${staff.config.city} · ${t('product')}` : t('product')}</p>
      {said && <p class="fault" role="alert" ref={wrong}>{said}</p>}
      {quick && (
        <section class="login-demo">
          <label><span>{choose}</span>
            <select value={who} onChange={(event) => setChosen(event.currentTarget.value)} data-testid={testid}>
              {staff.demo.map((one) => <option key={one.login} value={one.login}>{name(one)}</option>)}
            </select>
          </label>
          <button type="button" class="button main" disabled={busy} data-testid="demo-login"
            onClick={() => enter(staff.logInDemo(who))}>{busy ? t('busy') : t('demo')}</button>
        </section>
      )}
      {wecom && <a class={quick ? 'button' : 'button main'} href={wecom} data-testid="wecom">{t('wecom')}</a>}
      <form onSubmit={(event) => {
        event.preventDefault();
        enter(staff.logIn({ login: login.trim(), ...proofOf(password, code, recovering) }));
      }}>
        <label><span>{t('login')}</span>
          <input value={login} onInput={(event) => setLogin(event.currentTarget.value)} required maxLength={64}
            autocomplete="username" autocapitalize="none" data-testid="login" /></label>
        <label><span>{t('password')}</span>
          <input type="password" value={password} onInput={(event) => setPassword(event.currentTarget.value)} required
            maxLength={256} autocomplete="current-password" data-testid="password" /></label>
        <CodeField label={t('code')} testid="code" value={code} set={setCode} recovering={recovering} turn={setRecovering} />
        <button type="submit" class={quick || wecom ? 'button' : 'button main'} disabled={busy} data-testid="log-in">
          {busy ? t('busy') : sharedWords('log_in')}
        </button>
      </form>
    </main>
  );
}
