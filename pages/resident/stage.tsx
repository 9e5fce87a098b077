import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/icons';
import { Moving } from '../parts/moving';
import { Name } from '../parts/name';
import type { RemoteParticipant } from '../shared/call';
import { still } from '../shared/camera';
import { elapsed } from '../shared/clock';
import { PARTICIPANT_ROLES, RUNGS, word } from '../shared/words';
import { AskCard } from './ask';
import { awayFrom } from './away';
import { Ended } from './ended';
import { progress } from './progress';
import type { Session } from './session';
import { useTick } from './ticking';
import { urgeOf } from './urge';
import { t } from './words';

const STILL_EVERY_MS = 6000;
const STILL_SIDE = 640;
const ORDER = ['DISPATCHER', 'STATION', 'GUEST', 'CALLER'];

/** The pictures: the dispatcher large, the others as tiles, the own one small and movable. */
export function Stage({ session }: { session: Session }) {
  const { line } = session;
  const others = line.others.slice().sort((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role));
  const main = others.find((one) => one.role === 'DISPATCHER' && one.video)
    || others.find((one) => one.video) || others[0];
  const alone = awayFrom(session.view);
  const away = alone !== null && !alone.through;
  return (
    <section class={session.permits.asking ? 'stage asking' : 'stage'}>
      {others.map((one) => <Tile key={one.participant} one={one} main={one === main} away={away && one.role === 'DISPATCHER'} />)}
      {session.ended ? <Ended session={session} /> : !main && <Waiting session={session} />}
      <Chips session={session} />
      <OwnPicture session={session} />
      <AskCard session={session} />
    </section>
  );
}

function Tile({ one, main, away }: { one: RemoteParticipant; main: boolean; away: boolean }) {
  const role = word(PARTICIPANT_ROLES, one.role);
  const name = one.name || role;
  return (
    <figure class={main ? 'tile main' : 'tile'} data-testid="tile" data-role={one.role}>
      <Moving stream={one.stream} role={one.role} testid="remote-video" label={t('picture_of', { name })}
        tapWords={t('tap_play')} />
      {!one.video && (
        <span class="tile-voice"><i><Icon name={one.audio ? 'voice' : 'mic_off'} size={main ? 40 : 24} /></i>
          {main && <b>{away ? t('away_tile') : t(one.audio ? 'no_picture' : 'no_picture_no_sound', { name })}</b>}</span>
      )}
      <figcaption><b>{away && !main ? t('away_tile') : <Name of={name} />}</b>{main && name !== role && <span>{role}</span>}</figcaption>
    </figure>
  );
}

function Waiting({ session }: { session: Session }) {
  useTick();
  const { kept, tried, fault, view } = session;
  if (!kept) return null;
  const sent = kept.receipt !== null;
  const failing = !sent && fault !== null;
  const urged = urgeOf(session) !== null;
  const again = view !== null && view.answered_at !== null && view.call_state === 'RINGING';
  const answered = progress(view).done.answered && !again;
  return (
    <div class="waiting" data-testid="waiting">
      {/* What fails, and what to do about it, takes the room of what only moves. */}
      {!failing && !urged && <span class="pulse" aria-hidden="true"><Icon name={sent ? 'shield' : 'send'} size={34} /></span>}
      <h2 aria-live="polite">{!sent ? t('sending') : answered ? t(awayFrom(view) ? 'line_alone' : 'line_joining') : t(urged ? 'not_connected' : 'connecting')}</h2>
      <p class="clock">{elapsed(again ? view.waiting_since : kept.tappedAt, Date.now())}</p>
      {!answered && <p class="waiting-hint">{!sent ? t('sending_calm') : t(urged ? 'not_connected_hint' : 'connecting_hint')}</p>}
      {!sent && fault && (
        <p class="waiting-again" data-testid="sending-again">
          {t('sending_again', { why: fault.words, n: tried })}
        </p>
      )}
      {failing && !urged && <a class="waiting-dial" href="tel:110">{t('sending_dial')}</a>}
    </div>
  );
}

/** The state of the connection in words, and nothing while all is well. */
function Chips({ session }: { session: Session }) {
  const { line } = session;
  const main = line.others.find((one) => one.role === 'DISPATCHER');
  const rung = line.rung !== 'video' ? line.rung : main && main.rung !== 'video' ? main.rung : null;
  return (
    <div class="chips" role="status">
      {line.state === 'rejoining' && <span class="chip need" data-testid="rejoining">{t('line_rejoining')}</span>}
      {line.state === 'replaced' && (
        <button type="button" class="chip need" onClick={() => line.open()}>
          {t('line_replaced')} · <b>{t('line_here')}</b>
        </button>
      )}
      {line.state === 'over' && !session.ended && <span class="chip">{t('line_over')}</span>}
      {rung && line.state === 'connected' && <span class="chip need" data-testid="rung">{word(RUNGS, rung)}</span>}
    </div>
  );
}

function OwnPicture({ session }: { session: Session }) {
  const { line } = session;
  const track = line.track('video');
  const stream = useMemo(() => (track ? new MediaStream([track]) : null), [track]);
  const box = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement | null>(null);
  const [corner, setCorner] = useState({ right: true, bottom: false });
  const [pull, setPull] = useState<{ x: number; y: number } | null>(null);
  const from = useRef({ x: 0, y: 0 });
  const stills = line.rung === 'stills' && line.sending('video');

  useEffect(() => {
    if (!stills) return undefined;
    const take = (): void => {
      if (!video.current) return;
      void still(video.current, STILL_SIDE).then((blob) => {
        // One at a time: on such a network the next still waits until the last has gone.
        const busy = session.outbox.items.some((item) => item.blob && item.state !== 'failed');
        if (blob && !busy) session.outbox.file('picture', blob);
      });
    };
    const timer = setInterval(take, STILL_EVERY_MS);
    take();
    return () => clearInterval(timer);
  }, [stills]);

  if (!track) return null;
  const drop = (event: PointerEvent): void => {
    const stage = box.current && box.current.parentElement;
    if (!stage || !pull) return;
    const area = stage.getBoundingClientRect();
    setCorner({
      right: event.clientX > area.left + area.width / 2,
      bottom: event.clientY > area.top + area.height / 2,
    });
    setPull(null);
  };
  return (
    <div ref={box} class={'own' + (corner.right ? ' right' : ' left') + (corner.bottom ? ' bottom' : ' top')}
      style={pull ? { transform: `translate(${pull.x}px, ${pull.y}px)`, transition: 'none' } : undefined}
      tabIndex={0} role="button" aria-label={t('own_move')} data-testid="own-picture"
      onKeyDown={(event) => {
        if (event.key.indexOf('Arrow') !== 0) return;
        setCorner((now) => ({
          right: event.key === 'ArrowRight' || (event.key !== 'ArrowLeft' && now.right),
          bottom: event.key === 'ArrowDown' || (event.key !== 'ArrowUp' && now.bottom),
        }));
      }}
      onPointerDown={(event) => {
        from.current = { x: event.clientX, y: event.clientY };
        if (box.current) box.current.setPointerCapture(event.pointerId);
        setPull({ x: 0, y: 0 });
      }}
      onPointerMove={(event) => {
        if (pull) setPull({ x: event.clientX - from.current.x, y: event.clientY - from.current.y });
      }}
      onPointerUp={drop} onPointerCancel={drop}>
      <Moving stream={stream} muted mirrored={session.permits.facing === 'user'} testid="own-video"
        label={t('own')} tapWords={t('own')} onElement={(element) => { video.current = element; }} />
      {!line.sending('video') && <span class="own-off"><Icon name="camera_off" size={22} /></span>}
    </div>
  );
}
