import { Icon } from '../parts/icons';
import { language, setLanguage } from '../shared/i18n';
import { sharedWords } from '../shared/words';
import type { Session } from './session';
import { t } from './words';

export function LanguageSwitch() {
  return (
    <button type="button" class="switch" data-testid="language"
      onClick={() => setLanguage(language() === 'en' ? 'zh-CN' : 'en')}>
      {sharedWords('language')}
    </button>
  );
}

export function Start({ session }: { session: Session }) {
  const { config } = session;
  const offline = navigator.onLine === false;
  return (
    <main class="start">
      <header class="start-top">
        <span class="mark"><Icon name="shield" size={22} /></span>
        <span class="start-name">
          <b>{t('title')}</b>
          <small>{config ? t('city_service', { city: config.city }) : ' '}</small>
        </span>
        <LanguageSwitch />
      </header>
      <div class="start-words">
        <h1>{t('start_head')}</h1>
        <p>{t('start_sub')}</p>
        {(offline || session.expired) && (
          <p class="start-note" role="status">{offline ? t('offline') : t('expired')}</p>
        )}
      </div>
      <div class="start-taps">
        <button type="button" class="tap-report" data-testid="report" onClick={() => session.raise(false)}>
          <b>{t('report')}</b>
          <small>{t('report_hint')}</small>
        </button>
        <button type="button" class="tap-silent" data-testid="report-silent" onClick={() => session.raise(true)}>
          <Icon name="quiet" size={26} />
          <b>{t('silent')}</b>
          <small>{t('silent_hint')}</small>
        </button>
      </div>
      <footer class="start-foot">
        <p class="sends">{t('sends')}</p>
        <details class="notice">
          <summary>{t('notice')}</summary>
          <p>{t('notice_who')}</p>
          <p>{t('notice_what')}</p>
          <p>{t('notice_when')}</p>
          <p class="dim">{t('notice_version', { v: config ? config.notice_version : '1' })}</p>
        </details>
        <a class="dial" href="tel:110" data-testid="dial"><Icon name="phone" size={22} />{t('dial')}</a>
      </footer>
    </main>
  );
}
