import { useState } from 'preact/hooks';
import type { HangUp } from '../shared/types';
import { Sheet } from './dialog';
import type { Session } from './session';
import { t } from './words';

const ASK_MS = 30000;

/** Hanging up. In the first half minute it asks why: often it was a mistake, or somebody cannot speak. */
export function Leave({ session, close }: { session: Session; close: () => void }) {
  const [asks] = useState(() => session.kept !== null && Date.now() - session.kept.tappedAt < ASK_MS);
  const go = (why: HangUp | null): void => {
    close();
    session.hangUp(why);
  };
  return (
    <Sheet label={t('hang_up_sure')} close={close}>
      <h2>{t(asks ? 'hang_up_why' : 'hang_up_sure')}</h2>
      <p>{t('hang_up_what')}</p>
      <button type="button" class="big primary" onClick={close}>{t('hang_up_no')}</button>
      {asks && (
        <button type="button" class="big" data-testid="hang-up-silent" onClick={() => { close(); session.goSilent(); }}>
          {t('why_silent')}<small>{t('why_silent_hint')}</small>
        </button>
      )}
      {asks && (
        <button type="button" class="big" data-testid="hang-up-other" onClick={() => go('OTHER_WAY')}>
          {t('why_other')}<small>{t('why_other_hint')}</small>
        </button>
      )}
      {asks && (
        <button type="button" class="big" data-testid="hang-up-mistake" onClick={() => go('MISTAKE')}>{t('why_mistake')}</button>
      )}
      <button type="button" class="big danger" data-testid="hang-up-sure" onClick={() => go(null)}>{t('hang_up')}</button>
    </Sheet>
  );
}
