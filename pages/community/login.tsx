import { useState } from 'preact/hooks';
import { Icon } from '../parts/icons';
import { asFault, faultWithHint, faultWords } from '../shared/fault';
import { ROLES, sharedWords, word } from '../shared/words';
import type { Desk } from './desk';
import { LanguageButton } from './frame';
import { t } from './words';

export function Login({ desk }: { desk: Desk }) {
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const [chosen, setChosen] = useState('');
  const enter = (work: Promise<void>): void => {
    setBusy(true);
    setFault('');
    work.catch((error: unknown) => {
      setFault(asFault(error).network ? faultWithHint(error) : faultWords(error));
    }).finally(() => setBusy(false));
  };
  const who = chosen || (desk.demo[0] ? desk.demo[0].login : '');
  const wecom = desk.config ? desk.config.officer_login : '';
  return (
    <main class="login">
      <header><span class="mark"><Icon name="shield" size={26} /></span><LanguageButton /></header>
      <h1>{t('login_head')}</h1>
      <p class="dim">{desk.config ? `${desk.config.city} · ${t('product')}` : t('product')}</p>
      {(fault || desk.trouble) && <p class="fault" role="alert">{fault || desk.trouble}</p>}
      {desk.demo.length > 0 && (
        <section class="login-demo">
          <label><span>{t('login_choose')}</span>
            <select value={who} onChange={(event) => setChosen(event.currentTarget.value)} data-testid="demo-officer">
              {desk.demo.map((one) => (
                <option key={one.login} value={one.login}>{one.station ? one.name : `${one.name} · ${word(ROLES, one.role)}`}</option>
              ))}
            </select>
          </label>
          <button type="button" class="button main" disabled={busy} data-testid="demo-login"
            onClick={() => enter(desk.logInDemo(who))}>{busy ? t('logging_in') : t('login_demo')}</button>
        </section>
      )}
      {wecom && <a class={desk.demo.length ? 'button' : 'button main'} href={wecom} data-testid="wecom">{t('login_wecom')}</a>}
      <form onSubmit={(event) => {
        event.preventDefault();
        enter(desk.logIn({ login: login.trim(), password, code: code || null }));
      }}>
        <label><span>{t('login')}</span>
          <input value={login} onInput={(event) => setLogin(event.currentTarget.value)} required maxLength={64}
            autocomplete="username" autocapitalize="none" data-testid="login" /></label>
        <label><span>{t('password')}</span>
          <input type="password" value={password} onInput={(event) => setPassword(event.currentTarget.value)} required
            maxLength={256} autocomplete="current-password" data-testid="password" /></label>
        <label><span>{t('code')}</span>
          <input value={code} onInput={(event) => setCode(event.currentTarget.value.replace(/\D/g, '').slice(0, 6))}
            inputMode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" data-testid="code" /></label>
        <button type="submit" class={desk.demo.length || wecom ? 'button' : 'button main'} disabled={busy} data-testid="log-in">
          {busy ? t('logging_in') : sharedWords('log_in')}
        </button>
      </form>
    </main>
  );
}
