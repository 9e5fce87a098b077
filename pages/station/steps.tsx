import { Icon, type IconName } from '../parts/icons';
import { timeOfDay } from '../shared/clock';
import type { IncidentView, ResponderState } from '../shared/types';
import type { Duty, Step } from './duty';
import { t } from './words';

const STEPS: ReadonlyArray<[step: Exclude<Step, 'seen'>, reaches: ResponderState, icon: IconName]> = [
  ['acknowledge', 'ACKNOWLEDGED', 'check'],
  ['depart', 'EN_ROUTE', 'car'],
  ['arrive', 'ON_SCENE', 'flag'],
  ['clear', 'CLEARED', 'shield'],
];
const RANK: Record<ResponderState, number> = {
  STOOD_DOWN: 9, ASSIGNED: 0, ACKNOWLEDGED: 1, EN_ROUTE: 2, ON_SCENE: 3, CLEARED: 4,
};

/** The four big buttons. A later step may come first; an earlier one never after it. */
export function Steps({ duty, incident }: { duty: Duty; incident: IncidentView }) {
  const responder = duty.responder(incident);
  if (!responder) return null;
  if (responder.state === 'STOOD_DOWN') {
    return <p class="steps-said">{t(incident.state === 'CLOSED' ? 'steps_over_stood_down' : 'steps_stood_down')}</p>;
  }
  const rank = RANK[responder.state];
  const said = responder.state === 'CLEARED' ? incident.state === 'CLOSED' ? 'steps_over' : ''
    : incident.state === 'CLOSED' ? 'steps_go_on' : incident.handed_at !== null ? 'steps_handed' : '';
  return (
    <>
    {said && <p class="steps-said" role="status" data-testid="steps-said">{t(said)}</p>}
    <nav class="steps" aria-label={t('steps')}>
      {STEPS.map(([step, reaches, icon], i) => {
        const at = responder.at[reaches];
        const radio = responder.radio[reaches];
        const done = rank > i;
        // Nobody finishes what nobody took.
        const possible = !done && !(step === 'clear' && rank === 0);
        return (
          <button type="button" key={step} data-testid={'step-' + step} data-done={done}
            class={done ? 'done' : rank === i ? 'next' : ''} disabled={!possible || duty.stepping !== null}
            aria-busy={duty.stepping === step} onClick={() => void duty.step(step)}>
            <Icon name={done ? 'check' : icon} size={26} />
            <b>{t(`step_${step}`)}</b>
            <small>{at ? timeOfDay(at).slice(0, 5) : ' '}{radio && <span title={t('step_radio', { name: radio })}> {t('step_radio_short')}</span>}</small>
          </button>
        );
      })}
    </nav>
    </>
  );
}
