import { useState } from 'preact/hooks';
import type { Api } from '../shared/api';
import type { SecondFactorIn } from '../shared/bodies';
import { asFault, faultWords } from '../shared/fault';
import { translator } from '../shared/i18n';
import type { MeView, TotpView } from '../shared/types';
import { LOG_IN_MS } from '../shared/waiting';

const t = translator({
  head: ['设置动态码', 'Set up the one-time code'],
  why: ['首次登录，请先设置动态码。之后每次登录都需要它。', 'First log-in: set up the one-time code. Every later log-in needs one.'],
  how: ['用身份验证器扫描二维码，或手工输入下面的密钥，再填它显示的 6 位数字。二维码和密钥只显示这一次。',
    'Scan the code with your authenticator, or type the secret below; then enter the 6 digits it shows. Both are shown only once.'],
  picture: ['添加到身份验证器的二维码', 'The QR code for your authenticator'],
  make: ['生成密钥', 'Make a secret'],
  open: ['在本机验证器中打开', 'Open in an authenticator here'],
  password: ['您的密码', 'Your password'],
  wrong: ['密码不正确', 'The password is wrong'],
  code: ['6 位动态码', 'Six digits'],
  confirm: ['启用', 'Switch on'],
  out: ['退出登录', 'Log out'],
});

interface Props { api: Api; done: (me: MeView) => void; out: () => void }

/** The second factor of somebody who may do nothing else before it is set up. */
export function SetUpCode({ api, done, out }: Props) {
  const [made, setMade] = useState<TotpView | null>(null);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const act = (work: () => Promise<void>): void => {
    setBusy(true);
    setFault('');
    work().catch((error: unknown) => setFault(!made && asFault(error).code === 'login_failed' ? t('wrong') : faultWords(error))).finally(() => setBusy(false));
  };
  return (
    <main class="login">
      <h1>{t('head')}</h1>
      <p>{t(made ? 'how' : 'why')}</p>
      <form onSubmit={(event) => {
        event.preventDefault();
        act(async () => {
          if (made) done(await api.put<MeView>('/session/totp', { code }));
          else setMade(await api.post<TotpView>('/session/totp', { password } satisfies SecondFactorIn, { timeout: LOG_IN_MS }));
        });
      }}>
        {!made && (
          <label><span>{t('password')}</span>
            <input type="password" value={password} onInput={(event) => setPassword(event.currentTarget.value)} required
              autocomplete="current-password" maxLength={256} data-testid="totp-password" /></label>
        )}
        {made && <img class="totp-picture" src={made.picture} alt={t('picture')} width={216} height={216} />}
        {made && <p class="totp-secret" data-testid="totp-secret">{made.secret.replace(/(.{4})/g, '$1 ').trim()}</p>}
        {made && <a href={made.uri}>{t('open')}</a>}
        {made && (
          <label><span>{t('code')}</span>
            <input value={code} onInput={(event) => setCode(event.currentTarget.value.replace(/\D/g, '').slice(0, 6))} required
              inputMode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" data-testid="totp-code" /></label>
        )}
        {fault && <p class="fault" role="alert">{fault}</p>}
        <button type="submit" class="button main" disabled={busy} data-testid="totp-go">{t(made ? 'confirm' : 'make')}</button>
        <button type="button" class="button" onClick={out}>{t('out')}</button>
      </form>
    </main>
  );
}
