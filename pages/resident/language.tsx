import { language, setLanguage } from '../shared/i18n';
import { t } from './words';

export function LanguageSwitch() {
  return (
    <button type="button" class="switch" data-testid="language"
      onClick={() => setLanguage(language() === 'en' ? 'zh-CN' : 'en')}>
      {t('language')}
    </button>
  );
}
