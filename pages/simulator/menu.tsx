/* The account's menu at the foot of its chat. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { linkFor } from './bubbles';
import { t } from './words';
import { act, useWorld } from './world';

interface Button {
  name: string;
  type?: string;
  key?: string;
  url?: string;
  sub_button?: Button[];
}

export function MenuBar(props: { hands: string; openid: string; swap: () => void }): JSX.Element {
  const menu = useWorld<{ button: Button[] }>('menu');
  const [open, setOpen] = useState(-1);
  const press = (one: Button): void => {
    setOpen(-1);
    if (one.type === 'view' && one.url) {
      window.open(linkFor({ openid: props.openid }, one.url), '_blank', 'noopener');
      act(props.hands + 'view', { url: one.url });
    } else if (one.type === 'click') act(props.hands + 'click', { key: one.key });
    else if (one.type?.startsWith('scancode')) {
      const result = prompt(one.name);
      if (result) act(props.hands + one.type, { key: one.key, result });
    } else if (one.type) act(props.hands + one.type, { key: one.key });
  };
  return (
    <div class="foot">
      <div class="menubar">
        <button class="round" aria-label={t('keyboard')} onClick={props.swap}>⌨</button>
        {(menu?.button ?? []).map((one, number) => (
          <div class="menu" key={one.name}>
            {open === number && one.sub_button && (
              <div class="submenu">
                {one.sub_button.map((sub) => <button key={sub.name} onClick={() => press(sub)}>{sub.name}</button>)}
              </div>
            )}
            <button onClick={() => (one.sub_button?.length ? setOpen((now) => (now === number ? -1 : number)) : press(one))}>
              {one.sub_button?.length ? '≡ ' : ''}{one.name}
            </button>
          </div>
        ))}
        {menu && !menu.button.length && <p class="quiet">{t('menu')}: {t('none')}</p>}
      </div>
    </div>
  );
}
