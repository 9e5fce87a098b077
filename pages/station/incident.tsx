import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/icons';
import { Thread } from '../parts/thread';
import { awayIn } from '../shared/away';
import { elapsed } from '../shared/clock';
import { reach } from '../shared/reach';
import type { IncidentView } from '../shared/types';
import { KINDS, PARTICIPANT_ROLES, word } from '../shared/words';
import { Composer } from './composer';
import { CallerContact } from './contact';
import type { Duty } from './duty';
import { CallerMap } from './map';
import { placeWords } from './place';
import { Steps } from './steps';
import { Told } from './told';
import { Alarms } from './top';
import { Video } from './video';
import { t } from './words';

/** Who looked at what is for the record, not for the road. */
const AUDIT = ['incident.opened', 'file.opened', 'call.placed', 'recording.sealed'];
const PANES = ['video', 'map', 'thread'] as const;

/** One incident: picture, map and log a swipe apart on a phone, side by side on a desk; steps below. */
export function Incident({ duty, incident }: { duty: Duty; incident: IncidentView }) {
  const panes = useRef<HTMLDivElement>(null);
  const [pane, setPane] = useState(0);
  const { outbox } = duty;
  const show = (next: number): void => {
    const { current } = panes;
    if (current) current.scrollTo({ left: next * current.clientWidth, behavior: 'smooth' });
    setPane(next);
  };
  useEffect(() => {
    const close = (event: KeyboardEvent): void => { if (event.key === 'Escape') duty.shut(); };
    window.addEventListener('keydown', close);
    return () => window.removeEventListener('keydown', close);
  }, []);
  const inCall = (incident.calls[incident.calls.length - 1] || { participants: [] }).participants;
  const away = incident.state === 'CLOSED' ? null : awayIn(inCall);
  const own = duty.responder(incident);
  const elsewhere = duty.unreadElsewhere().length;
  const over = (incident.calls[incident.calls.length - 1] || { state: '' }).state === 'ENDED';
  const stoodDown = own !== undefined && own.state === 'STOOD_DOWN';
  const present = inCall.filter((one) => one.state === 'JOINED')
    .map((one) => (one.role === 'CALLER' ? word(PARTICIPANT_ROLES, one.role) : one.name));
  return (
    <main class="incident" data-testid="incident">
      <header class="incident-top">
        <button type="button" class="icon-button" aria-label={t('back')} data-testid="back" onClick={() => duty.shut()}><Icon name="back" /></button>
        {elsewhere > 0 && <button type="button" class="elsewhere" data-testid="unread-elsewhere" onClick={() => duty.shut()}><Icon name="text" size={18} />{t('title_unread', { n: elsewhere })}</button>}
        <p><b role="heading" aria-level={1}>{placeWords(incident, duty.me)}</b>
          <span>{word(KINDS, incident.kind)} · {incident.number} · {elapsed(incident.raised_at, incident.closed_at || undefined)}</span></p>
      </header>
      <Alarms duty={duty} />
      {incident.silent && (
        <p class="silent-rule" data-testid="silent-rule"><Icon name="quiet" size={24} /><b>{t('silent_rule')}</b></p>
      )}
      {incident.unattended_at !== null && incident.state !== 'CLOSED' && (
        <p class="dispatcher-away" role="status" data-testid="dispatcher-gone">{t(incident.unattended_cause === 'unread' ? 'dispatcher_unread' : over ? 'dispatcher_over' : 'dispatcher_gone', { t: elapsed(incident.unattended_at) })}</p>
      )}
      {away && incident.unattended_at === null && <p class="dispatcher-away" role="status" data-testid="dispatcher-away">{t('dispatcher_away', { name: away.name, t: elapsed(away.since) })}</p>}
      <CallerContact incident={incident} />
      <nav class="tabs" role="tablist">
        {PANES.map((name, i) => (
          <button type="button" role="tab" key={name} aria-selected={pane === i} data-testid={'tab-' + name} onClick={() => show(i)}>
            {t(`tab_${name}`)}
            {name === 'thread' && incident.unread > 0 && <i class="tab-news" role="img" data-testid="tab-unread" aria-label={t('tab_unread', { n: incident.unread })}>{incident.unread}</i>}
          </button>
        ))}
      </nav>
      <div class="panes" ref={panes} onScroll={({ currentTarget }) => {
        const next = Math.round(currentTarget.scrollLeft / Math.max(1, currentTarget.clientWidth));
        if (next !== pane) setPane(next);
      }}>
        <section class="pane"><Video duty={duty} incident={incident} /></section>
        <section class="pane"><CallerMap duty={duty} incident={incident} /></section>
        <section class="pane pane-thread">
          {present.length > 0 && <p class="present"><Icon name="eye" size={16} />{t('watching', { names: present.join(' · ') })}</p>}
          {incident.via === 'tip' && <Told key={incident.id} duty={duty} incident={incident} />}
          {outbox && (
            <Thread api={duty.api} path={'/incidents/' + incident.id} entries={duty.book.entries(incident.id).filter(({ what }) => AUDIT.indexOf(what) < 0)}
              outbox={outbox} mine={(entry) => duty.me !== null && duty.me !== undefined && entry.who.id === duty.me.id}
              empty={t(duty.book.complete(incident.id) ? 'thread_empty' : 'loading')}
              reading={duty.book.complete(incident.id) ? duty.reading : null} arrived={(entry) => (reach(incident, entry) || { words: '' }).words} />
          )}
          {stoodDown && <p class="dispatcher-away" role="status" data-testid="stood-down">{t('stood_down')}</p>}
          {outbox && incident.state !== 'CLOSED' && !stoodDown && <Composer outbox={outbox} silent={incident.silent} drafts={duty.drafts} id={incident.id} />}
        </section>
      </div>
      <Steps duty={duty} incident={incident} />
    </main>
  );
}
