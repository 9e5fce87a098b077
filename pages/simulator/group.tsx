/* A customer group as somebody in it sees it; an owner can also run it. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Chat, type Eyes } from './bubbles';
import { Composer } from './composer';
import { t } from './words';
import { act, useWorld, type GroupHead, type Line, type Member, type Resident } from './world';

interface Answer extends GroupHead {
  lines: Line[];
  error?: number;
}

interface Props {
  id: string;
  me: string;
  eyes: Eyes;
  back: () => void;
  runs?: boolean;
}

export function GroupChat(props: Props): JSX.Element {
  const group = useWorld<Answer>(`groups/${props.id}/chat`);
  const members = useWorld<{ members: Member[] }>('members')?.members ?? [];
  const people = useWorld<{ residents: (Resident & { external_userid: string })[] }>('residents');
  const [running, setRunning] = useState(false);
  if (!group || !people) return <div class="screen" />;
  const path = `groups/${props.id}/`;
  const names = new Map(people.residents.map((one) => [one.external_userid, one.name]));
  const gone = group.error !== undefined;
  return (
    <div class="screen">
      <header class="bar">
        <button class="back" aria-label={t('back')} onClick={props.back}>‹</button>
        <h2>{gone ? t('dismiss') : `${group.name} (${group.members})`}</h2>
        {!gone && <button class="more" onClick={() => setRunning((now) => !now)}>•••</button>}
      </header>
      {running && !gone && (
        <div class="running">
          {props.runs ? (
            <>
              <button onClick={() => { const name = prompt(t('groupName'), group.name); if (name) act(path + 'rename', { name }); }}>{t('rename')}</button>
              <button onClick={() => { const notice = prompt(t('notice'), group.notice); if (notice) act(path + 'notice', { notice }); }}>{t('notice')}</button>
              <select
                value=""
                onChange={(event) => {
                  const one = event.currentTarget.value;
                  event.currentTarget.value = '';
                  if (one) act(path + 'join', { residents: [one] });
                }}
              >
                <option value="">{t('addResident')}</option>
                {people.residents.map((one) => <option value={one.openid}>{one.name}</option>)}
              </select>
              <button class="danger" onClick={() => { if (confirm(t('dismiss'))) act(path + 'dismiss'); }}>{t('dismiss')}</button>
            </>
          ) : (
            <button class="danger" onClick={async () => { if (await act(path + 'leave', { people: [props.me] })) props.back(); }}>{t('leave')}</button>
          )}
        </div>
      )}
      {group.notice && <p class="notice">📢 {group.notice}</p>}
      <Chat
        lines={group.lines ?? []}
        mine={props.me}
        eyes={props.eyes}
        named
        face={(who) => (who.startsWith('wm') ? { name: names.get(who) ?? t('aResident'), class: '' } : { name: members.find((one) => one.userid === who)?.name ?? who, class: 'police' })}
      />
      {!gone && <Composer send={(content) => act(path + 'say', { who: props.me, data: { content } })} />}
    </div>
  );
}
