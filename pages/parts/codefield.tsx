import { say } from '../shared/i18n';
import { RECOVERY, recovery } from '../shared/recovery';

interface Props {
  label: string;
  testid: string;
  required?: boolean;
  value: string;
  set: (text: string) => void;
  recovering: boolean;
  turn: (recovering: boolean) => void;
}

/** A one-time code, or a recovery code in its place. */
export function CodeField({ label, testid, required, value, set, recovering, turn }: Props) {
  return (
    <div class="login-code">
      {recovering ? (
        <label key="recovery"><span>{say(recovery['recovery.code'])}</span>
          <input value={value} onInput={(event) => set(event.currentTarget.value)} required maxLength={40} pattern={RECOVERY}
            autocomplete="off" autocapitalize="none" spellcheck={false} data-testid="recovery" /></label>
      ) : (
        <label key="code"><span>{label}</span>
          <input value={value} onInput={(event) => set(event.currentTarget.value.replace(/\D/g, '').slice(0, 6))} required={required}
            inputMode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" data-testid={testid} /></label>
      )}
      <button type="button" class="login-turn" data-testid="use-recovery" onClick={() => { turn(!recovering); set(''); }}>
        {say(recovery[recovering ? 'recovery.instead' : 'recovery.use'])}
      </button>
    </div>
  );
}
