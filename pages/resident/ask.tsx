import { Icon, type IconName } from '../parts/icons';
import { OBSTACLES } from '../shared/camera';
import { say } from '../shared/i18n';
import type { Permit, PermitState } from './permits';
import type { Session } from './session';
import { t } from './words';

const ICONS: Record<Permit, IconName> = { position: 'place', camera: 'camera', microphone: 'mic' };
const QUICK_MS = 350;

/** The reason for what the browser is asking now; what is not given has its next best thing said. */
export function AskCard({ session }: { session: Session }) {
  const { permits } = session;
  const { asking } = permits;
  if (!asking) return null;
  return (
    <div class="ask" role="status" data-testid="ask" key={asking} style={{ animationDelay: QUICK_MS + 'ms' }}>
      <span class="ask-icon"><Icon name={ICONS[asking]} size={26} /></span>
      <span class="ask-words">
        <b>{t(`ask_${asking}`)}</b>
        <span>{t(`ask_${asking}_why`)} · {t('ask_choose')}</span>
      </span>
      <button type="button" onClick={() => permits.skipPresent()}>{t('ask_skip')}</button>
    </div>
  );
}

const MISSED: readonly PermitState[] = ['refused', 'absent', 'busy', 'unsupported', 'skipped'];

/** One line for each thing that is missing, with what to do instead. */
export function Missed({ session }: { session: Session }) {
  const { permits, view } = session;
  const sent = view !== null && view.entries.some((entry) => entry.what === 'message');
  const missed = (['position', 'camera', 'microphone'] as const).filter((permit) =>
    MISSED.indexOf(permits.state[permit]) >= 0 && !(permit === 'position' && sent));
  if (!missed.length || permits.asking) return null;
  return (
    <ul class="missed">
      {missed.map((permit) => {
        const state = permits.state[permit];
        const why = state in OBSTACLES ? say(OBSTACLES[state as keyof typeof OBSTACLES]) : '';
        return (
          <li key={permit} data-testid={'missed-' + permit} title={why}>
            <Icon name={ICONS[permit]} size={18} />
            <span>{t(`no_${permit}`)}</span>
            {state !== 'unsupported' && (
              <button type="button" onClick={() => void permits.ask(permit)}>{t('ask_again')}</button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
