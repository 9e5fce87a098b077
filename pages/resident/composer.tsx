import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/icons';
import { elapsed } from '../shared/clock';
import { sharedWords } from '../shared/words';
import { canRecord, Recorder } from './recorder';
import type { Session } from './session';
import { t } from './words';

/** Picture, voice and text: always there, with or without a call. */
export function Composer({ session, quiet }: { session: Session; quiet?: boolean }) {
  const [text, setText] = useState('');
  const send = (): void => {
    session.outbox.text(text);
    setText('');
  };
  return (
    <form class="composer" onSubmit={(event) => { event.preventDefault(); send(); }}>
      <PictureButton session={session} quiet={quiet} />
      {!quiet && canRecord() && <VoiceButton session={session} />}
      <input class="composer-text" data-testid="text-input" value={text} maxLength={4000} enterkeyhint="send"
        autocomplete="off" placeholder={t(quiet ? 'quiet_write' : 'write')} aria-label={t(quiet ? 'quiet_write' : 'write')}
        onInput={(event) => setText(event.currentTarget.value)} />
      <button type="submit" class="composer-send" data-testid="text-send" disabled={!text.trim()}
        aria-label={sharedWords('send')}><Icon name="send" /></button>
    </form>
  );
}

function PictureButton({ session, quiet }: { session: Session; quiet?: boolean }) {
  return (
    <label class="composer-act">
      <Icon name="photo" />
      <span class="spoken">{t(quiet ? 'quiet_photo' : 'photo')}</span>
      <input type="file" class="spoken" accept="image/*" capture="environment" data-testid="picture-input"
        onChange={(event) => {
          const { currentTarget } = event;
          for (const file of Array.from(currentTarget.files || [])) session.outbox.file('picture', file);
          currentTarget.value = '';
        }} />
    </label>
  );
}

function VoiceButton({ session }: { session: Session }) {
  const [since, setSince] = useState(0);
  const [now, setNow] = useState(0);
  const recorder = useRef<Recorder | null>(null);
  useEffect(() => {
    if (!since) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [since]);
  useEffect(() => () => { if (recorder.current) recorder.current.stop(); }, []);
  const tap = (): void => {
    if (recorder.current) {
      recorder.current.stop();
      return;
    }
    const done = (blob: Blob): void => {
      recorder.current = null;
      setSince(0);
      session.outbox.file('voice', blob);
    };
    Recorder.start(session.line.track('audio'), done).then((started) => {
      recorder.current = started;
      setSince(Date.now());
      setNow(Date.now());
    }, () => void session.permits.ask('microphone'));
  };
  return (
    <button type="button" class={since ? 'composer-act recording' : 'composer-act'} onClick={tap}
      data-testid="voice" aria-label={t(since ? 'voice_stop' : 'voice')} aria-pressed={since > 0}>
      <Icon name={since ? 'stop' : 'voice'} />
      {since > 0 && <span>{elapsed(since, Math.max(now, since))}</span>}
    </button>
  );
}
