import { useMemo, useState } from 'preact/hooks';
import { Icon, type IconName } from '../parts/icons';
import { Moving } from '../parts/moving';
import type { RemoteParticipant } from '../shared/call';
import type { IncidentView } from '../shared/types';
import { PARTICIPANT_ROLES, RUNGS, word } from '../shared/words';
import type { Duty } from './duty';
import { t } from './words';

const ORDER = ['CALLER', 'DISPATCHER', 'STATION', 'GUEST'];

/** The caller first and large; the dispatcher and oneself as tiles. */
export function Video({ duty, incident }: { duty: Duty; incident: IncidentView }) {
  const { line } = duty;
  const [picked, setPicked] = useState('');
  if (!line) return null;
  const outside = line.state === 'idle' || line.state === 'over' || line.state === 'replaced';
  const others = line.others.slice().sort((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role));
  const main = others.find((one) => one.participant === picked) || others[0];
  const closed = !duty.atWork(incident);
  const joinable = duty.canJoin(incident);
  return (
    <div class="video">
      {others.map((one) => (
        <Tile key={one.participant} one={one} main={one === main} pick={() => setPicked(one.participant)} />
      ))}
      {outside && (
        <div class="video-none">
          <p>{t(closed ? 'call_over' : incident.state === 'RAISED' ? 'call_waiting' : !joinable ? 'call_over_case'
            : line.state === 'replaced' ? 'call_replaced' : 'call_outside')}</p>
          {joinable && (
            <button type="button" class="button main" data-testid="join-call" onClick={() => void duty.join(incident.id)}>
              <Icon name="camera" size={24} />{t('call_join')}
            </button>
          )}
        </div>
      )}
      {!outside && !main && (
        <div class="video-none"><p role="status">{t(line.state === 'connected' ? 'call_empty' : line.state === 'rejoining' ? 'call_rejoining' : 'call_joining')}</p></div>
      )}
      {main && line.state === 'rejoining' && <p class="video-chip" role="status">{t('call_rejoining')}</p>}
      {main && main.rung !== 'video' && <p class="video-chip" role="status" data-testid="rung">{word(RUNGS, main.rung)}</p>}
      {!outside && <Own duty={duty} />}
      {!outside && <Controls duty={duty} silent={incident.silent} />}
    </div>
  );
}

function Tile({ one, main, pick }: { one: RemoteParticipant; main: boolean; pick: () => void }) {
  const role = word(PARTICIPANT_ROLES, one.role);
  const name = one.role === 'CALLER' || !one.name ? role : one.name;
  return (
    <figure class={main ? 'tile main' : 'tile'} data-role={one.role} data-testid="tile">
      <Moving stream={one.stream} role={one.role} testid="remote-video" label={t('picture_of', { name })} tapWords={t('tap_play')} />
      {!one.video && (
        <span class="tile-voice"><Icon name={one.audio ? 'voice' : 'quiet'} size={main ? 44 : 24} />
          {main && <b>{t(one.audio ? 'call_voice' : 'call_quiet', { name })}</b>}</span>
      )}
      <figcaption>{name}{!one.audio && one.video && <Icon name="mic_off" size={14} />}</figcaption>
      {!main && <button type="button" class="tile-pick" aria-label={t('picture_of', { name })} onClick={pick} />}
    </figure>
  );
}

function Own({ duty }: { duty: Duty }) {
  const { line } = duty;
  const track = line && line.track('video');
  const stream = useMemo(() => (track ? new MediaStream([track]) : null), [track]);
  if (!line || !track) return null;
  return (
    <figure class="tile own" data-testid="own-picture">
      <Moving stream={stream} muted mirrored={duty.facing === 'user'} testid="own-video" label={t('own')} tapWords={t('own')} />
      {!line.sending('video') && <span class="tile-voice"><Icon name="camera_off" size={22} /></span>}
      <figcaption>{t('own')}</figcaption>
    </figure>
  );
}

function Controls({ duty, silent }: { duty: Duty; silent: boolean }) {
  const { line } = duty;
  if (!line) return null;
  const mic = line.track('audio');
  const camera = line.track('video');
  const speaking = line.sending('audio');
  const showing = line.sending('video');
  const act = (testid: string, icon: IconName, words: string, tap: () => void, off = false) => (
    <button type="button" data-testid={testid} class={off ? 'off' : ''} onClick={tap}>
      <Icon name={icon} /><span>{words}</span>
    </button>
  );
  return (
    <nav class={silent ? 'controls careful' : 'controls'} aria-label={t('controls')}>
      {act('mute', speaking ? 'mic' : 'mic_off', t(speaking ? 'mute' : mic ? 'unmute' : 'mic_on'),
        () => (mic ? line.setWanted('audio', !speaking) : void duty.take('audio')), !speaking)}
      {act('camera', showing ? 'camera' : 'camera_off', t(showing ? 'camera_off' : 'camera_on'),
        () => (camera ? line.setWanted('video', !showing) : void duty.take('video')), !showing)}
      {camera && act('flip', 'flip', t('flip'), () => void duty.flip())}
      {act('leave', 'hang_up', t('call_leave'), () => duty.leaveCall())}
    </nav>
  );
}
