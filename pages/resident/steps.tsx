import { Icon } from '../parts/icons';
import { elapsed, now } from '../shared/clock';
import { awayFrom, awaySentence, useAwaySound } from './away';
import { progress, STEPS, type Step } from './progress';
import type { Session } from './session';
import { useTick } from './ticking';
import { urgeOf } from './urge';
import { t } from './words';

/** Six steps, one sentence, and who is watching; while the dispatcher is in another call, that. */
export function Steps({ session }: { session: Session }) {
  useTick();
  const { view, kept } = session;
  const away = awayFrom(view);
  const gone = away ? awaySentence(away, now()) : '';
  useAwaySound(session, gone);
  if (!kept) return null;
  const { receipt } = kept;
  const { done, at, sentence } = progress(view);
  // "Connecting" is a promise: it ends when nobody has come.
  const said = gone || (urgeOf(session) ? t('say_waiting') : sentence);
  const words = !receipt ? t('sending') : receipt.journaled && !view ? t('journaled') : said;
  const reached = (step: Step): boolean => receipt !== null && done[step];
  const watchers = view ? view.watchers : [];
  return (
    <section class={away ? 'steps away' : 'steps'} aria-label={words}>
      <ol>
        {STEPS.map((step) => (
          <li key={step} data-testid={'step-' + step} data-done={reached(step)}
            aria-current={receipt && step === at ? 'step' : undefined}
            class={reached(step) ? 'done' : step === 'received' ? 'busy' : ''}>
            <i>{reached(step) && <Icon name="check" size={14} />}</i>
            <span>{t(`step_${step}`)}</span>
          </li>
        ))}
      </ol>
      <p class="steps-say" role="status" data-testid={away ? 'away' : undefined}>{words}</p>
      {away && <p class="steps-watch">
        <b class="num" aria-hidden="true">{elapsed(away.since, now())}</b>{!away.staying.length && t('away_more')}
      </p>}
      {!away && <p class="steps-watch" data-testid="watchers">
        {(watchers.length > 0 || !reached('answered')) && <Icon name="eye" size={16} />}
        {watchers.length ? t('watching', { names: watchers.join(' · ') }) : !reached('answered') && t('nobody_watching')}
      </p>}
    </section>
  );
}
