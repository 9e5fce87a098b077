import { language, setLanguage } from '../shared/i18n';
import { sharedWords } from '../shared/words';

export function LanguageButton() {
  return (
    <button type="button" class="quiet-button" onClick={() => setLanguage(language() === 'en' ? 'zh-CN' : 'en')}>
      {sharedWords('language')}
    </button>
  );
}
