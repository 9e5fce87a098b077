import { Icon } from '../parts/icons';
import { elapsed, now } from '../shared/clock';
import { urge, type Urge } from './patience';
import { progress } from './progress';
import type { Session } from './session';
import { useTick } from './ticking';
import { t } from './words';

/** Since when this caller waits for somebody to answer, by the server's clock; null when somebody has. */
export function waitsSince(session: Session): number | null {
  const { kept, view } = session;
  if (!kept || progress(view).done.answered) return null;
  // The phone's clock may be wrong: the server's counts as soon as it is known.
  return view ? view.raised_at : kept.tappedAt + now() - Date.now();
}

export function urgeOf(session: Session): Urge {
  const since = waitsSince(session);
  return since === null ? null : urge(now() - since, session.away);
}

/** Nobody has answered for too long, or nobody can: phone. Above everything else on the page. */
export function UrgeBanner({ session }: { session: Session }) {
  useTick();
  const why = urgeOf(session);
  const since = waitsSince(session);
  if (!why || since === null) return null;
  return (
    <div class="urge-box" role="alert">
      <a class="urge" href="tel:110" data-testid="urge">
        <Icon name="phone" size={24} />
        <b>{t('urge_dial')}</b>
        {why === 'urge_late' && <time aria-hidden="true">{elapsed(since, now())}</time>}
        <span>{t(why)}</span>
      </a>
    </div>
  );
}
