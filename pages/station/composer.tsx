import { useState } from 'preact/hooks';
import { Icon } from '../parts/icons';
import type { Outbox } from '../shared/outbox';
import { sharedWords } from '../shared/words';
import { t } from './words';

/** Text and pictures to everybody in the incident. */
export function Composer({ outbox, silent }: { outbox: Outbox; silent: boolean }) {
  const [text, setText] = useState('');
  const words = t(silent ? 'write_silent' : 'write');
  return (
    <form class="composer" onSubmit={(event) => {
      event.preventDefault();
      outbox.text(text);
      setText('');
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
        onInput={(event) => setText(event.currentTarget.value)} />
      <button type="submit" class="icon-button send" disabled={!text.trim()} aria-label={sharedWords('send')} data-testid="text-send">
        <Icon name="send" />
      </button>
    </form>
  );
}
