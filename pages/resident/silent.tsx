import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/icons';
import { openTrack } from '../shared/camera';
import { lastSaid } from '../shared/reading';
import { sentence } from '../shared/sentences';
import type { EntryView } from '../shared/types';
import { say } from '../shared/i18n';
import { callerPhrases } from '../shared/prepared';
import { questionOf } from '../shared/questions';
import { waitingQuestions } from './asked';
import { awayFrom } from './away';
import { Composer } from './composer';
import { Decoy } from './decoy';
import { TwoTaps } from './patience';
import { progress } from './progress';
import type { Session } from './session';
import { useTick } from './ticking';
import { urgeOf } from './urge';
import { t } from './words';

const PHRASES = ['quiet_hurt', 'quiet_weapon', 'quiet_near', 'quiet_child', 'quiet_hiding'] as const;
const DOUBLE_MS = 400;

/*
 * Dark, and without any means to make a sound: this screen has no element that could play one. The
 * remote tracks are never attached to anything. Nothing vibrates, the screen is not kept lit.
 */
export function Silent({ session }: { session: Session }) {
  const [hidden, setHidden] = useState(false);
  const tapped = useRef(0);
  useEffect(() => {
    document.title = t(hidden ? 'decoy_title' : 'decoy_date');
    const theme = document.querySelector('meta[name="theme-color"]');
    if (theme) theme.setAttribute('content', hidden ? '#fbf9f3' : '#000000');
    return () => { if (theme) theme.setAttribute('content', '#f3f5f9'); };
  }, [hidden]);
  if (hidden) return <Decoy back={() => setHidden(false)} />;
  const blank = (event: MouseEvent): void => {
    if ((event.target as Element).closest('a, button, input, label, form')) return;
    const now = Date.now();
    if (now - tapped.current < DOUBLE_MS) setHidden(true);
    tapped.current = now;
  };
  // The two buttons answer what was asked first; without a question they say yes or no.
  const [asked] = waitingQuestions(session);
  const answer = (word: 'quiet_yes' | 'quiet_no'): void => session.outbox.text(t(word), null, asked ? asked.seq : null);
  const own = session.view ? session.view.kind : 'UNKNOWN';
  const known = PHRASES.map((one) => t(one));
  const kindPhrases = own === 'UNKNOWN' || own === 'OTHER' ? [] : callerPhrases(own).filter((pair) => known.indexOf(say(pair)) < 0).slice(0, 2);
  return (
    <main class="silent" onClick={blank} data-testid="silent">
      <h1 class="spoken">{t('decoy_date')}</h1>
      <Head session={session} hide={() => setHidden(true)} />
      <Talk session={session} />
      {asked && <p class="silent-asked" data-testid="question">{t('quiet_answers', { text: String(asked.data.text) })}</p>}
      <div class="silent-yesno">
        <button type="button" data-testid="silent-yes" onClick={() => answer('quiet_yes')}>{t('quiet_yes')}</button>
        <button type="button" data-testid="silent-no" onClick={() => answer('quiet_no')}>{t('quiet_no')}</button>
      </div>
      <div class="silent-phrases">
        {kindPhrases.map((pair) => (
          <button type="button" key={pair[0]} onClick={() => session.outbox.text(say(pair))}>{say(pair)}</button>
        ))}
        {PHRASES.map((phrase) => (
          <button type="button" key={phrase} data-testid={phrase.replace('quiet_', 'silent-')}
            onClick={() => session.outbox.text(t(phrase))}>{t(phrase)}</button>
        ))}
      </div>
      <Devices session={session} />
      <Composer session={session} quiet />
    </main>
  );
}

function Head({ session, hide }: { session: Session; hide: () => void }) {
  useTick();
  const taps = useRef(new TwoTaps());
  const [armed, setArmed] = useState(false);
  const { kept, view, fault, tracker, line } = session;
  const sent = kept !== null && kept.receipt !== null;
  const watchers = view ? view.watchers : [];
  const { done: { answered }, sentence } = progress(view);
  const away = awayFrom(view);
  const words = away ? t(away.through ? 'quiet_through' : 'quiet_away') : sentence;
  return (
    <header class="silent-head">
      <div>
        <p class="silent-state" role="status">
          {!sent ? t('quiet_sending') + (fault ? ' · ' + fault.words : '…') : urgeOf(session) ? t('quiet_late') : words}
        </p>
        <p class="silent-small">
          {sent && kept && kept.receipt && <span data-testid="number">{kept.receipt.number}</span>}
          {sent && (watchers.length > 0 || !answered) && (
            <span>{watchers.length ? t('quiet_reading', { names: watchers.join(' · ') }) : t('quiet_wait')}</span>
          )}
          {session.ended && <span data-testid="call-ended">{t('ended')}</span>}
          {tracker.delivered && <span>{t('quiet_position')}</span>}
          {(tracker.state === 'refused' || tracker.state === 'absent') && <span>{t('quiet_no_position')}</span>}
          {line.state === 'rejoining' && line.sending('audio') && <span>{t('line_rejoining')}</span>}
        </p>
      </div>
      <a class="silent-hide" href="tel:110" aria-label={t(armed ? 'dial_again' : 'dial')} data-testid="dial"
        onClick={(event) => setArmed(!taps.current.tap(event))}>
        <Icon name="phone" /><span>{armed ? t('dial_again') : '110'}</span>
      </a>
      <button type="button" class="silent-hide" data-testid="hide" onClick={hide}>
        <Icon name="hidden" /><span>{t('quiet_hide')}</span>
      </button>
    </header>
  );
}

/** What the dispatcher wrote last, large; what was answered, small. */
function Talk({ session }: { session: Session }) {
  const box = useRef<HTMLDivElement>(null);
  const entries = (session.view ? session.view.entries : []).filter((entry) => entry.what === 'message' || entry.what === 'upload');
  const { items } = session.outbox;
  const count = entries.length + items.length;
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [count]);
  const mine = (entry: EntryView): boolean => entry.who.role === 'RESIDENT';
  const said = lastSaid(entries, mine);
  useEffect(() => {
    const look = (): void => session.reading.read(said);
    look();
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [said]);
  const read = session.view ? session.view.read : 0;
  return (
    <div class="silent-talk" ref={box} role="log" data-testid="thread" tabIndex={0}>
      {!count && <p class="silent-rule">{t('quiet_rule')}<br />{t('quiet_hide_hint')}</p>}
      {entries.map((entry) => (
        <p key={entry.seq} class={mine(entry) ? 'mine' : 'theirs'} data-what={entry.what}>
          {questionOf(entries, entry) && <q>{questionOf(entries, entry)}</q>}{sentence(entry)}
          {mine(entry) && <small data-testid="arrived">{t(entry.seq <= read ? 'read' : 'delivered')}</small>}
        </p>
      ))}
      {items.map((item) => (
        <p key={item.key} class={'mine unsent ' + item.state} data-state={item.state}>
          {item.text || t('photo')}
          {item.state === 'failed'
            ? <button type="button" onClick={() => session.outbox.retry(item.key)}>{t('ask_again')}</button>
            : item.state !== 'sent' && ' …'}
        </p>
      ))}
    </div>
  );
}

/** Camera and microphone only when tapped here: a camera's light can betray. */
function Devices({ session }: { session: Session }) {
  const { line } = session;
  const [told, setTold] = useState('');
  const toggle = (kind: 'audio' | 'video'): void => {
    const track = line.track(kind);
    setTold('');
    if (track) {
      track.stop();
      line.setTrack(kind, null);
      return;
    }
    openTrack(kind).then((opened) => line.setTrack(kind, opened), () => {
      setTold(t(kind === 'video' ? 'no_camera' : 'no_microphone'));
    });
  };
  const showing = line.track('video') !== null;
  const heard = line.track('audio') !== null;
  return (
    <div class="silent-devices">
      <button type="button" data-testid="silent-camera" aria-pressed={showing} onClick={() => toggle('video')}>
        <Icon name={showing ? 'camera' : 'camera_off'} size={20} />{t(showing ? 'quiet_camera_stop' : 'quiet_camera')}
      </button>
      <button type="button" data-testid="silent-sound" aria-pressed={heard} onClick={() => toggle('audio')}>
        <Icon name={heard ? 'mic' : 'mic_off'} size={20} />{t(heard ? 'quiet_sound_stop' : 'quiet_sound')}
      </button>
      <p>{told || t('quiet_light')}</p>
    </div>
  );
}
