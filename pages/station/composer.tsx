import { useDraft } from '../parts/draft';
import { Icon } from '../parts/icons';
import type { Drafts } from '../shared/drafts';
import type { Outbox } from '../shared/outbox';
import { sharedWords } from '../shared/words';
import { t } from './words';

const NOTHING = { text: '' };

/** Text and pictures to everybody in the incident. */
export function Composer({ outbox, silent, drafts, id }: { outbox: Outbox; silent: boolean; drafts: Drafts; id: string }) {
  const form = useDraft(drafts, 'incident/' + id, NOTHING);
  const { text } = form.value;
  const words = t(silent ? 'write_silent' : 'write');
  return (
    <form class="composer" onSubmit={(event) => {
      event.preventDefault();
      outbox.text(form.now().text);
      form.drop();
    }}>
      <label class="icon-button">
        <Icon name="photo" /><span class="spoken">{t('photo')}</span>
        <input type="file" class="spoken" accept="image/*" capture="environment" data-testid="picture-input"
          onChange={({ currentTarget }) => {
            for (const file of Array.from(currentTarget.files || [])) outbox.file('picture', file);
            currentTarget.value = '';
          }} />
      </label>
      <input class="composer-text" value={text} maxLength={4000} enterkeyhint="send" autocomplete="off"
        placeholder={words} aria-label={words} data-testid="text-input"
        onInput={(event) => form.set({ text: event.currentTarget.value })} />
      <button type="submit" class="icon-button send" disabled={!text.trim()} aria-label={sharedWords('send')} data-testid="text-send">
        <Icon name="send" />
      </button>
    </form>
  );
}
