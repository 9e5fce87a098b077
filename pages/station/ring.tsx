import { useState } from 'preact/hooks';
import { Icon } from '../parts/icons';
import { elapsed } from '../shared/clock';
import type { IncidentView } from '../shared/types';
import { KINDS, RESPONDER_STATES, sharedWords, word } from '../shared/words';
import { where, whereLocated } from '../shared/where';
import type { Duty } from './duty';
import { awayWords, placeWords } from './place';
import { t } from './words';

/** The whole screen rings; while another incident is open, a card over it. */
export function Ring({ duty, incident, more, small }: {
  duty: Duty; incident: IncidentView; more: number; small: boolean;
}) {
  const [busy, setBusy] = useState(false);
  const responder = duty.responder(incident);
  const target = where(incident);
  const located = whereLocated(incident);
  const own = located && located.candidates.find((one) => duty.me && one.station === duty.me.station);
  const changed = responder !== undefined && responder.changed_at !== null;
  const since = responder ? (changed ? responder.changed_at! : responder.assigned_at) : incident.updated_at;
  const joinable = duty.canJoin(incident);
  return (
    <section class={small ? 'ring small' : 'ring'} role="alertdialog" aria-modal={!small} aria-label={t(changed ? 'ring_changed' : 'ring_head')} data-testid="ring">
      <div class="ring-head">
        <span class="ring-bell" aria-hidden="true"><Icon name="bell" size={34} /></span>
        <p><b>{t(changed ? 'ring_changed' : 'ring_head')}</b><span>{t('ring_wait', { t: elapsed(since) })}</span></p>
      </div>
      {incident.silent && (
        <p class="silent-rule" data-testid="silent-rule"><Icon name="quiet" size={26} /><b>{t('silent_rule')}</b></p>
      )}
      <div class="ring-body">
        <h1>{placeWords(incident, duty.me)}</h1>
        <ul>
          {changed && responder && <li><Icon name="flag" size={22} />{t('ring_changed_hint', { state: word(RESPONDER_STATES, responder.state) })}</li>}
          {!joinable && !changed && <li><Icon name="phone" size={22} />{t('ring_no_call')}</li>}
          <li><Icon name="flag" size={22} />{word(KINDS, incident.kind)}{incident.silent && ' · ' + sharedWords('silent')}</li>
          {target && duty.here && (
            <li><Icon name="car" size={22} />{awayWords(duty.here, target)}</li>
          )}
          {own && <li><Icon name="place" size={22} />{t('share', { p: Math.round(own.share * 100) })}</li>}
          {responder && responder.reason && <li><Icon name="desk" size={22} />{t('reason', { r: responder.reason })}</li>}
          {duty.unread(incident) > 0 && <li data-testid="ring-unread"><Icon name="text" size={22} />{t('unread', { n: duty.unread(incident) })}</li>}
          {incident.words && <li class="ring-words">{incident.words}</li>}
        </ul>
        <p class="dim">{[incident.number, incident.dispatcher_name].filter(Boolean).join(' · ')}</p>
      </div>
      <div class="ring-acts">
        {joinable && (
          <button type="button" class="ring-join" data-testid="join" autofocus disabled={busy}
            onClick={() => void duty.join(incident.id)}><Icon name="camera" size={30} />{t('join')}</button>
        )}
        {(changed || !joinable) && (
          <button type="button" class={joinable ? 'ring-decline' : 'ring-join'} data-testid="read" autofocus={!joinable} disabled={busy}
            onClick={() => void duty.read(incident.id)}><Icon name="check" size={30} />{t(changed ? 'ring_seen' : 'ring_take')}</button>
        )}
        {!changed && <button type="button" class="ring-decline" data-testid="decline" disabled={busy} onClick={() => {
          setBusy(true);
          void duty.decline(incident.id).then(() => setBusy(false));
        }}>{t('decline')}</button>}
      </div>
      {more > 0 && <p class="dim center">{t('ring_more', { n: more })}</p>}
      {duty.trouble && <p class="alarm danger">{duty.trouble}</p>}
    </section>
  );
}
