/* A resident's phone: the account's chat with its menu, groups, posters to scan, and what he decides. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Chat, glimpse } from './bubbles';
import { Composer } from './composer';
import { GroupChat } from './group';
import { MenuBar } from './menu';
import { t } from './words';
import { act, clock, now, useWorld, type GroupHead, type Line, type Resident, type State } from './world';

interface ChatAnswer {
  lines: Line[];
  groups: GroupHead[];
  following: boolean;
}

type Screen = { at: 'list' } | { at: 'account' } | { at: 'group'; id: string } | { at: 'scan' } | { at: 'me' };

export function Phone(props: { resident: Resident; state: State }): JSX.Element {
  const { resident } = props;
  const [screen, go] = useState<Screen>({ at: 'account' });
  const chat = useWorld<ChatAnswer>(`residents/${resident.openid}/chat`);
  if (!chat) return <div class="screen" />;
  if (screen.at === 'account')
    return <Account {...props} chat={chat} back={() => go({ at: 'list' })} />;
  if (screen.at === 'group')
    return <GroupChat id={screen.id} me={resident.external_userid} eyes={{ openid: resident.openid }} back={() => go({ at: 'list' })} />;
  return (
    <div class="screen">
      <header class="bar">
        <h2>{screen.at === 'list' ? t('wechat') : screen.at === 'scan' ? t('scan') : t('me')}</h2>
      </header>
      {screen.at === 'list' && <List chat={chat} name={props.state.accounts.oa.name} go={go} />}
      {screen.at === 'scan' && <Posters {...props} done={go} />}
      {screen.at === 'me' && <Me resident={resident} />}
      <nav class="tabs">
        {(['list', 'scan', 'me'] as const).map((at) => (
          <button class={screen.at === at ? 'on' : ''} onClick={() => go({ at })}>
            {at === 'list' ? t('wechat') : at === 'scan' ? t('scan') : t('me')}
          </button>
        ))}
      </nav>
    </div>
  );
}

function List(props: { chat: ChatAnswer; name: string; go: (to: Screen) => void }): JSX.Element {
  const last = props.chat.lines[props.chat.lines.length - 1];
  return (
    <ul class="list">
      <li onClick={() => props.go({ at: 'account' })}>
        <i class="face police">{t('facePolice')}</i>
        <span>
          <b>{props.name}</b>
          <small>{last ? glimpse(last) : t('account')}</small>
        </span>
        {last && <time>{clock(last.at)}</time>}
      </li>
      {props.chat.groups.map((one) => (
        <li key={one.chat_id} onClick={() => props.go({ at: 'group', id: one.chat_id })}>
          <i class="face group">{t('faceGroup')}</i>
          <span>
            <b>{one.name}</b>
            <small>{one.members} {t('members')}</small>
          </span>
        </li>
      ))}
    </ul>
  );
}

function Account(props: { resident: Resident; state: State; chat: ChatAnswer; back: () => void }): JSX.Element {
  const { resident, chat } = props;
  const name = props.state.accounts.oa.name;
  const hands = `residents/${resident.openid}/`;
  const [typing, setTyping] = useState(true);
  return (
    <div class="screen">
      <header class="bar">
        <button class="back" aria-label={t('back')} onClick={props.back}>‹</button>
        <h2>{name}</h2>
      </header>
      {!chat.following && (
        <div class="follow">
          <i class="face police big">{t('facePolice')}</i>
          <b>{name}</b>
          <small>{t('notFollowing')}</small>
          <button class="primary" onClick={() => act(hands + 'follow')}>{t('follow')}</button>
        </div>
      )}
      <Chat
        lines={chat.lines}
        mine="me"
        eyes={{ openid: resident.openid }}
        face={(who) => (who === 'me' ? { name: resident.name, class: '' } : { name: t('facePolice'), class: 'police' })}
        onMenu={(id, content) => act(hands + 'text', { content, menu_id: id })}
      />
      {chat.following &&
        (typing ? (
          <Composer
            send={(content) => act(hands + 'text', { content })}
            give={(kind, body) => act(hands + kind, body)}
            swap={() => setTyping(false)}
          />
        ) : (
          <MenuBar hands={hands} openid={resident.openid} swap={() => setTyping(true)} />
        ))}
    </div>
  );
}

function Posters(props: { resident: Resident; state: State; done: (to: Screen) => void }): JSX.Element {
  const hands = `residents/${props.resident.openid}/`;
  const { qrcodes, joinways } = props.state;
  if (!qrcodes.length && !joinways.length) return <p class="empty">{t('noPosters')}</p>;
  return (
    <div class="posters">
      {joinways.map((one) => (
        <button
          class="poster"
          key={one.config_id}
          onClick={async () => {
            const joined = await act(hands + 'join', { config_id: one.config_id });
            if (joined) props.done({ at: 'group', id: joined.chat_id });
          }}
        >
          <img src={`/wework.qpic.cn/wwpic/${one.config_id}/0`} alt="" />
          <b>{one.remark || one.state || t('posterGroup')}</b>
          <small>{t('posterGroup')}</small>
        </button>
      ))}
      {[...qrcodes].reverse().map((one) => {
        const over = one.until !== null && one.until < now();
        return (
          <button
            class={'poster' + (over ? ' over' : '')}
            key={one.ticket}
            onClick={async () => {
              if (await act(hands + 'scan', { ticket: one.ticket })) props.done({ at: 'account' });
            }}
          >
            <img src={'/mp.weixin.qq.com/cgi-bin/showqrcode?ticket=' + encodeURIComponent(one.ticket)} alt="" />
            <b>{one.scene_str || one.scene_id}</b>
            <small>{over ? t('expired') : t('posterAccount')}</small>
          </button>
        );
      })}
    </div>
  );
}

function Me(props: { resident: Resident }): JSX.Element {
  const one = props.resident;
  const path = `residents/${one.openid}`;
  const [latitude, setLatitude] = useState(String(one.latitude));
  const [longitude, setLongitude] = useState(String(one.longitude));
  const alive = one.credits.filter((each) => each.until > now());
  return (
    <div class="form">
      <label>{t('latitude')}<input value={latitude} onInput={(e) => setLatitude(e.currentTarget.value)} inputMode="decimal" /></label>
      <label>{t('longitude')}<input value={longitude} onInput={(e) => setLongitude(e.currentTarget.value)} inputMode="decimal" /></label>
      <button class="primary" onClick={() => act(path, { latitude: Number(latitude), longitude: Number(longitude) })}>{t('save')}</button>
      <label class="check">
        <input type="checkbox" checked={one.refuses} onChange={(e) => act(path, { refuses: e.currentTarget.checked })} />
        {t('refuses')}
      </label>
      <label class="check">
        <input type="checkbox" checked={one.snapshot} onChange={(e) => act(path, { snapshot: e.currentTarget.checked })} />
        {t('snapshot')}
      </label>
      <p class="quiet">
        {t('credits')}{alive.map((each) => `${each.trigger} ${each.left}`).join(' · ') || t('none')}
      </p>
      {one.following && <button class="danger" onClick={() => act(path + '/unfollow')}>{t('unfollow')}</button>}
      <p class="quiet id">{one.openid}</p>
    </div>
  );
}
