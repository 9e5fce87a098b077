import { useEffect, useState } from 'preact/hooks';
import { say } from '../shared/i18n';
import { copyCodes, dropSheet, printCodes, recovery } from '../shared/recovery';

interface Props { codes: string[]; login: string; saved: () => void }

/** A set of recovery codes, shown this once. */
export function Codes({ codes, login, saved }: Props) {
  const [said, setSaid] = useState('');
  useEffect(() => dropSheet, []);
  const copy = async (): Promise<void> => {
    setSaid(say(recovery[(await copyCodes(codes)) ? 'recovery.copied' : 'recovery.copy.failed']));
  };
  return (
    <main class="login">
      <h1>{say(recovery['recovery.title'])}</h1>
      <p>{say(recovery['recovery.text'])}</p>
      <ol class="login-codes" data-testid="recovery-codes">{codes.map((code) => <li key={code}>{code}</li>)}</ol>
      <p role="status">{said}</p>
      <div class="login-do">
        <button type="button" class="button" data-testid="recovery-copy" onClick={() => void copy()}>{say(recovery['recovery.copy'])}</button>
        <button type="button" class="button" data-testid="recovery-print" onClick={() => printCodes(codes, login)}>{say(recovery['recovery.print'])}</button>
      </div>
      <button type="button" class="button main" data-testid="recovery-saved" onClick={saved}>{say(recovery['recovery.saved'])}</button>
    </main>
  );
}
