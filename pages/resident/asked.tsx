import { say } from '../shared/i18n';
import { callerPhrases } from '../shared/prepared';
import { openQuestions } from '../shared/questions';
import type { EntryView } from '../shared/types';
import type { Session } from './session';
import { t } from './words';

/** What waits for a yes or no of this caller; what is on its way is answered. */
export function waitingQuestions(session: Session): EntryView[] {
  const { view, outbox } = session;
  return view ? openQuestions(view.entries, outbox.items.map((item) => item.answers)) : [];
}

/** The questions of 110 with their two buttons; without one, sentences of this kind of incident. */
export function Asked({ session }: { session: Session }) {
  const { view, outbox } = session;
  if (!view) return null;
  const asked = waitingQuestions(session);
  const written = view.entries.some(({ what, who }) => what === 'message' && who.role === 'RESIDENT') || outbox.items.length > 0;
  return (
    <div class="asked" aria-live="polite">
      {asked.map((one) => (
        <div key={one.seq} class="asked-one" role="group" aria-label={String(one.data.text)} data-testid="question">
          <b>{String(one.data.text)}</b>
          <button type="button" data-testid="answer-yes" onClick={() => outbox.text(t('quiet_yes'), null, one.seq)}>{t('quiet_yes')}</button>
          <button type="button" data-testid="answer-no" onClick={() => outbox.text(t('quiet_no'), null, one.seq)}>{t('quiet_no')}</button>
        </div>
      ))}
      {!asked.length && !written && (
        <div class="asked-phrases" data-testid="phrases">
          {callerPhrases(view.kind).map((pair) => (
            <button type="button" key={pair[0]} onClick={() => outbox.text(say(pair))}>{say(pair)}</button>
          ))}
        </div>
      )}
    </div>
  );
}
