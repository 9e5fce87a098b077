import { useState } from 'preact/hooks';
import type { Api } from '../shared/api';
import type { PasswordIn } from '../shared/bodies';
import { asFault, faultWithHint } from '../shared/fault';
import { say, translator } from '../shared/i18n';
import type { MeView } from '../shared/types';
import { LOG_IN_MS, waitWords } from '../shared/waiting';
import { sharedWords } from '../shared/words';

export const words = {
  head: ['修改密码', 'Change the password'],
  first: ['首次登录，请先修改管理员给您的密码。', 'First log-in: change the password that the administrator gave you.'],
  others: ['修改后，您在其他设备上的登录会退出。', 'Your log-ins on other devices end.'],
  given: ['管理员给的密码', 'The password you were given'],
  old: ['现在的密码', 'The present password'],
  fresh: ['新密码（至少 12 位）', 'The new password (12 characters or more)'],
  again: ['再输入一次', 'Once more'],
  differs: ['两次输入的新密码不同', 'The two new passwords differ'],
  same: ['新密码与现在的相同', 'The new password is the present one'],
  wrong: ['现在的密码不正确，密码没有改动', 'The present password is wrong; nothing was changed'],
  save: ['保存新密码', 'Save the new password'],
  out: ['退出登录', 'Log out'],
} as const;
const t = translator(words);

interface Props {
  api: Api;
  /** Nothing else works before the password that was given is changed. */
  first: boolean;
  done: (me: MeView) => void;
  /** Out, or back when it is not the first. */
  leave: () => void;
}

/** One's own password: the old one, and twice the new one. */
export function ChangePassword({ api, first, done, leave }: Props) {
  const [old, setOld] = useState('');
  const [fresh, setFresh] = useState('');
  const [again, setAgain] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const differs = again !== '' && again !== fresh;
  const same = fresh !== '' && fresh === old;
  const said = same ? t('same') : differs ? t('differs') : fault;
  const save = async (): Promise<void> => {
    if (differs || same) return;
    setBusy(true);
    setFault('');
    const body: PasswordIn = { old, new: fresh };
    try {
      done(await api.put<MeView>('/session/password', body, { timeout: LOG_IN_MS }));
    } catch (error) {
      const wait = waitWords(asFault(error));
      setFault(asFault(error).code === 'login_failed' ? t('wrong')
        : wait ? say(['{a}。{b}', '{a}. {b}'], { a: asFault(error).words, b: wait }) : faultWithHint(error));
    }
    setBusy(false);
  };
  const field = (id: string, name: string, value: string, set: (text: string) => void, kind: string) => (
    <label><span>{name}</span>
      <input type="password" value={value} onInput={(event) => set(event.currentTarget.value)} required minLength={kind === 'new-password' ? 12 : 1}
        maxLength={256} autocomplete={kind} data-testid={'password-' + id} /></label>
  );
  return (
    <main class="login">
      <h1>{t('head')}</h1>
      <p>{t(first ? 'first' : 'others')}</p>
      <form data-testid="password-form" onSubmit={(event) => { event.preventDefault(); void save(); }}>
        {field('old', t(first ? 'given' : 'old'), old, setOld, 'current-password')}
        {field('new', t('fresh'), fresh, setFresh, 'new-password')}
        {field('again', t('again'), again, setAgain, 'new-password')}
        {said && <p class="fault" role="alert">{said}</p>}
        <button type="submit" class="button main" disabled={busy} data-testid="password-save">{t('save')}</button>
        <button type="button" class="button" onClick={leave}>{first ? t('out') : sharedWords('cancel')}</button>
      </form>
    </main>
  );
}
