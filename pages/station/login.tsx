import { useState } from 'preact/hooks';
import { Icon } from '../parts/icons';
import { asFault, faultWithHint, faultWords } from '../shared/fault';
import { sharedWords } from '../shared/words';
import type { Duty } from './duty';
import { LanguageButton } from './top';
import { t } from './words';

export function Login({ duty }: { duty: Duty }) {
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
      setBusy(false);
    });
  };
  const who = chosen || (duty.demo[0] ? duty.demo[0].login : '');
  return (
    <main class="login">
      <header><span class="mark"><Icon name="shield" size={26} /></span><LanguageButton /></header>
      <h1>{t('login_head')}</h1>
      {duty.config && <p class="dim">{duty.config.city} · {t('product')}</p>}
      {duty.demo.length > 0 && (
        <section class="login-demo">
          <label><span>{t('login_choose')}</span>
            <select value={who} onChange={(event) => setChosen(event.currentTarget.value)} data-testid="demo-station">
              {duty.demo.map((one) => <option key={one.login} value={one.login}>{one.name}</option>)}
            </select>
          </label>
          <button type="button" class="button main" disabled={busy} data-testid="demo-login"
            onClick={() => enter(duty.logInDemo(who))}>{busy ? t('logging_in') : t('login_demo')}</button>
        </section>
      )}
      <form onSubmit={(event) => {
        event.preventDefault();
        enter(duty.logIn({ login: login.trim(), password, code: code || null }));
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
        {(fault || duty.trouble) && <p class="fault" role="alert">{fault || duty.trouble}</p>}
        <button type="submit" class={duty.demo.length ? 'button' : 'button main'} disabled={busy} data-testid="log-in">
          {busy ? t('logging_in') : sharedWords('log_in')}
        </button>
      </form>
    </main>
  );
}
