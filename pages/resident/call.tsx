import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../parts/icons';
import { Thread } from '../parts/thread';
import { hasTorch, openTrack, setTorch } from '../shared/camera';
import { elapsed } from '../shared/clock';
import { metres } from '../shared/geo';
import type { EntryView } from '../shared/types';
import { sharedWords } from '../shared/words';
import { Missed } from './ask';
import { Asked } from './asked';
import { Composer } from './composer';
import { Contact } from './contact';
import { Leave } from './leave';
import type { Session } from './session';
import { Stage } from './stage';
import { LanguageSwitch } from './language';
import { Steps } from './steps';
import { UrgeBanner } from './urge';
import { useTick } from './ticking';
import { keepAwake } from './wake';
import { t } from './words';

/** Callers know that they joined themselves. */
function tellsCaller(entry: EntryView): boolean {
  return entry.data.role !== 'CALLER' || entry.what.indexOf('participant.') !== 0;
}

/** The report being sent, waiting, and in the call: one screen, so that nothing jumps. */
export function Live({ session }: { session: Session }) {
  const [leaving, setLeaving] = useState(false);
  useEffect(() => {
    keepAwake(true);
    return () => keepAwake(false);
  }, []);
  const { view, tracker } = session;
  const here = tracker.delivered && tracker.last;
  return (
    <main class="live">
      <UrgeBanner session={session} />
      <h1 class="spoken">{t('title')}</h1>
      <header class="live-top">
        <NumberAndClock session={session} />
        <LanguageSwitch />
        <button type="button" class="leave" data-testid="hang-up" onClick={() => setLeaving(true)}>
          <Icon name="hang_up" size={22} /><span>{t('hang_up')}</span>
        </button>
      </header>
      <Steps session={session} />
      <div class="live-stage">
        <Stage session={session} />
        <Controls session={session} />
      </div>
      <div class="live-side">
        <Missed session={session} />
        <p class="here">
          {here && <span><Icon name="place" size={16} />{here.accuracy === null ? t('position_sent') : t('position_on', { m: metres(here.accuracy) })}</span>}
          <a href="tel:110" data-testid="dial"><Icon name="phone" size={18} />{t('dial')}</a>
        </p>
        <Thread api={session.api} path="/my" entries={view ? view.entries.filter(tellsCaller) : []} outbox={session.outbox}
          mine={(entry) => entry.who.role === 'RESIDENT'} empty={t('thread_empty')} reading={session.reading}
          arrived={(entry) => t(view && entry.seq <= view.read ? 'read' : 'delivered')} />
        <Asked session={session} />
        <Contact session={session} />
        <Composer session={session} />
      </div>
      {leaving && <Leave session={session} close={() => setLeaving(false)} />}
    </main>
  );
}

function NumberAndClock({ session }: { session: Session }) {
  useTick();
  const { kept } = session;
  if (!kept) return null;
  const { receipt } = kept;
  return (
    <p class="live-number">
      <b data-testid="number">{receipt ? receipt.number : t('sending')}</b>
      {receipt && session.live.state !== 'live'
        ? <span class="live-light" role="status" data-testid="live-state">{sharedWords(`live_${session.live.state}`)}</span>
        : <span>{receipt ? t('received') + ' · ' : ''}{elapsed(kept.tappedAt, Date.now())}</span>}
    </p>
  );
}

function Controls({ session }: { session: Session }) {
  const { line, permits } = session;
  const [torch, setTorchOn] = useState(false);
  const video = line.track('video');
  const speaking = line.sending('audio');
  const showing = line.sending('video');
  const { camera, microphone } = permits.state;
  const undecided = (state: string): boolean => state === 'unasked' || state === 'asking';
  // Until the person has decided, a crossed-out camera would look like a fault.
  if (undecided(camera) && undecided(microphone)) return null;
  const flip = async (): Promise<void> => {
    const before = permits.facing;
    permits.facing = before === 'user' ? 'environment' : 'user';
    if (video) {
      // Phones open one camera at a time.
      video.onended = null;
      video.stop();
      setTorchOn(false);
    }
    const open = openTrack('video', permits.facing).catch(() => {
      permits.facing = before;
      return openTrack('video', before);
    });
    line.setTrack('video', await open.catch(() => null));
  };
  return (
    <nav class="controls" aria-label={t('controls')}>
      <button type="button" data-testid="mute" aria-pressed={!speaking} class={speaking ? '' : 'off'}
        onClick={() => (line.track('audio') ? line.setWanted('audio', !speaking) : void permits.ask('microphone'))}>
        <Icon name={speaking ? 'mic' : 'mic_off'} /><span>{t(speaking ? 'mute' : line.track('audio') ? 'unmute' : 'mic_on')}</span>
      </button>
      <button type="button" data-testid="camera" aria-pressed={!showing} class={showing ? '' : 'off'}
        onClick={() => (video ? line.setWanted('video', !showing) : void permits.ask('camera'))}>
        <Icon name={showing ? 'camera' : 'camera_off'} /><span>{t(showing ? 'camera_off' : 'camera_on')}</span>
      </button>
      <button type="button" data-testid="flip" disabled={!video} onClick={() => void flip()}>
        <Icon name="flip" /><span>{t('flip')}</span>
      </button>
      {hasTorch(video) && video && (
        <button type="button" data-testid="torch" aria-pressed={torch} class={torch ? 'on' : ''}
          onClick={() => { const on = !torch; void setTorch(video, on).then(() => setTorchOn(on), () => undefined); }}>
          <Icon name="torch" /><span>{t('torch')}</span>
        </button>
      )}
    </nav>
  );
}
