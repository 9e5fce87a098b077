import { Icon } from '../parts/icons';
import { progress, STEPS } from './progress';
import type { Session } from './session';
import { t } from './words';

/** Six steps, one sentence, and who is watching. */
export function Steps({ session }: { session: Session }) {
  const { view, kept } = session;
  if (!kept || !kept.receipt) return null;
  const { done, at, sentence } = progress(view);
  const watchers = view ? view.watchers : [];
  return (
    <section class="steps" aria-label={sentence}>
      <ol>
        {STEPS.map((step) => (
          <li key={step} data-testid={'step-' + step} data-done={done[step]}
            aria-current={step === at ? 'step' : undefined} class={done[step] ? 'done' : ''}>
            <i>{done[step] && <Icon name="check" size={14} />}</i>
            <span>{t(`step_${step}`)}</span>
          </li>
        ))}
      </ol>
      <p class="steps-say" role="status">{kept.receipt.journaled && !view ? t('journaled') : sentence}</p>
      <p class="steps-watch" data-testid="watchers">
        <Icon name="eye" size={16} />
        {watchers.length ? t('watching', { names: watchers.join(' · ') }) : t('nobody_watching')}
      </p>
    </section>
  );
}
