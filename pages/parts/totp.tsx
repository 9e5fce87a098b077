import { useState } from 'preact/hooks';
import type { Api } from '../shared/api';
import { asFault, faultWords } from '../shared/fault';
import { say, translator } from '../shared/i18n';
import { proofOf, recovery } from '../shared/recovery';
import type { MeView, RecoverySheet, SecondFactorView, TotpView } from '../shared/types';
import { LOG_IN_MS, waitWords } from '../shared/waiting';
import { sharedWords } from '../shared/words';
import { CodeField } from './codefield';
import { Codes } from './codes';

const t = translator({
  head: ['设置动态码', 'Set up the one-time code'],
  why: ['首次登录，请先设置动态码。之后每次登录都需要它。', 'First log-in: set up the one-time code. Every later log-in needs one.'],
  how: ['用身份验证器扫描二维码，或手工输入下面的密钥，再填它显示的 6 位数字。二维码和密钥只显示这一次。',
    'Scan the code with your authenticator, or type the secret below; then enter the 6 digits it shows. Both are shown only once.'],
  picture: ['添加到身份验证器的二维码', 'The QR code for your authenticator'],
  make: ['生成密钥', 'Make a secret'],
  open: ['在本机验证器中打开', 'Open in an authenticator here'],
  password: ['您的密码', 'Your password'],
  again: ['动态码已启用。重新设置会使旧的失效。', 'One-time codes are on. Setting up again makes the old ones invalid.'],
  old: ['现在的动态码', 'A present one-time code'],
  wrong: ['密码不正确', 'The password is wrong'],
  wrong_code: ['密码或动态码不正确，没有改动', 'Password or code is wrong; nothing was changed'],
  code: ['6 位动态码', 'Six digits'],
  confirm: ['启用', 'Switch on'],
  out: ['退出登录', 'Log out'],
  code_wrong: ['动态码不正确。请输入验证器现在显示的 6 位数字；错 5 次须重新开始',
    'The code is wrong. Enter the six digits that the authenticator shows now; after five wrong ones begin again'],
  over: ['这次设置已失效，请重新开始', 'This set-up has ended; begin again'],
});

interface Props {
  api: Api;
  me: MeView;
  done: (me: MeView) => void;
  /** Out, or back when it is not the first: who has none may do nothing else before it is set up. */
  out: () => void;
}

/** One's own second factor, and the recovery codes that come with it. */
export function SetUpCode({ api, me, done, out }: Props) {
  const [made, setMade] = useState<TotpView | null>(null);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [old, setOld] = useState('');
  const [recovering, setRecovering] = useState(false);
  const [kept, setKept] = useState<{ codes: string[]; after: MeView } | null>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const act = (work: () => Promise<void>): void => {
    setBusy(true);
    setFault('');
    work().catch((error: unknown) => {
      const wait = waitWords(asFault(error));
      if (asFault(error).code === 'wrong_state') {
        setMade(null);
        for (const empty of [setPassword, setCode, setOld]) empty('');
        setFault(t('over'));
        return;
      }
      setFault(asFault(error).code === 'login_failed' ? t(made ? 'code_wrong' : me.totp ? 'wrong_code' : 'wrong')
        : wait ? say(['{a}。{b}', '{a}. {b}'], { a: faultWords(error), b: wait }) : faultWords(error));
    }).finally(() => setBusy(false));
  };
  const given = () => proofOf(password, old, recovering);
  const begin = async (): Promise<void> => setMade(await api.post<TotpView>('/session/totp', given(), { timeout: LOG_IN_MS }));
  const renew = async (): Promise<void> => {
    const { recovery_codes } = await api.post<RecoverySheet>('/session/recovery', given(), { timeout: LOG_IN_MS });
    setKept({ codes: recovery_codes, after: { ...me, recovery_left: recovery_codes.length } });
  };
  const confirm = async (): Promise<void> => {
    const { recovery_codes, ...after } = await api.put<SecondFactorView>('/session/totp', { code });
    setKept({ codes: recovery_codes, after });
  };
  if (kept) return <Codes codes={kept.codes} login={me.login} saved={() => done(kept.after)} />;
  return (
    <main class="login">
      <h1>{t('head')}</h1>
      <p>{t(made || (!me.totp && !me.code_needed) ? 'how' : me.totp ? 'again' : 'why')}</p>
      {me.totp && !made && <p data-testid="recovery-left">{say(recovery['recovery.left'], { n: me.recovery_left })}</p>}
      <form onSubmit={(event) => {
        event.preventDefault();
        const codes = (event.submitter as HTMLButtonElement | null)?.value === 'codes';
        act(made ? confirm : codes ? renew : begin);
      }}>
        {!made && (
          <label><span>{t('password')}</span>
            <input type="password" value={password} onInput={(event) => setPassword(event.currentTarget.value)} required
              autocomplete="current-password" maxLength={256} data-testid="totp-password" /></label>
        )}
        {!made && me.totp && (
          <CodeField label={t('old')} testid="totp-old" required value={old} set={setOld} recovering={recovering} turn={setRecovering} />
        )}
        {!made && me.totp && <p class="dim">{say(recovery['recovery.lost'])}</p>}
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
        {!made && me.totp && <button type="submit" value="codes" class="button" disabled={busy} data-testid="recovery-renew">{say(recovery['recovery.renew'])}</button>}
        <button type="button" class="button" onClick={out}>{me.code_needed ? t('out') : sharedWords('cancel')}</button>
      </form>
    </main>
  );
}
