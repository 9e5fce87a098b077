/* The line at the foot of a chat: voice, text, and the + panel. */

import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { t } from './words';
import { fileOf } from './world';

interface Props {
  send: (content: string) => void;
  give?: (kind: string, body: object) => void;
  swap?: () => void;
}

export function Composer(props: Props): JSX.Element {
  const [text, setText] = useState('');
  const [panel, setPanel] = useState(false);
  const [talking, setTalking] = useState(false);
  const picture = useRef<HTMLInputElement>(null);
  const send = (): void => {
    if (!text.trim()) return;
    props.send(text);
    setText('');
  };
  const give = (kind: string, body: object = {}): void => {
    setPanel(false);
    props.give?.(kind, body);
  };
  return (
    <div class="foot">
      <form
        class="composer"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        {props.swap && <button type="button" class="round" aria-label={t('menu')} onClick={props.swap}>☰</button>}
        {props.give && (
          <button type="button" class="round" aria-label={t('voice')} onClick={() => setTalking((now) => !now)}>
            {talking ? '⌨' : '◖))'}
          </button>
        )}
        {talking ? (
          <button type="button" class="talk" onClick={() => give('voice')}>{t('holdToTalk')}</button>
        ) : (
          <input value={text} placeholder={t('type')} aria-label={t('type')} onInput={(e) => setText(e.currentTarget.value)} />
        )}
        {text ? (
          <button class="primary">{t('send')}</button>
        ) : (
          props.give && <button type="button" class="round" aria-label="+" onClick={() => setPanel((now) => !now)}>+</button>
        )}
      </form>
      {panel && (
        <div class="panel">
          <button onClick={() => picture.current?.click()}><i>▣</i>{t('picture')}</button>
          <button onClick={() => give('location')}><i>◎</i>{t('position')}</button>
          <button onClick={() => give('voice')}><i>◖))</i>{t('voice')}</button>
          <button onClick={() => give('video')}><i>▶</i>{t('video')}</button>
        </div>
      )}
      <input
        ref={picture}
        type="file"
        accept="image/*"
        hidden
        onChange={async (event) => {
          const file = await fileOf(event.currentTarget);
          if (file) give('image', file);
        }}
      />
    </div>
  );
}
