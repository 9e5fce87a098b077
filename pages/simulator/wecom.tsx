/* An officer's WeCom client: what apps sent him, his groups, and the 群发 that wait for him. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Attachment, Chat, Prose } from './bubbles';
import { Composer } from './composer';
import { GroupChat } from './group';
import { t, type Word } from './words';
import { act, moment, useWorld, type GroupHead, type Line, type Member, type State, type Task } from './world';

type Tab = 'messages' | 'groups' | 'mass';
const TABS: Tab[] = ['messages', 'groups', 'mass'];

interface Screen {
  lines: Line[];
  groups: GroupHead[];
}

export function WeCom(props: { member: Member; state: State; first: Tab }): JSX.Element {
  const [tab, setTab] = useState(props.first);
  const [group, setGroup] = useState('');
  const { userid } = props.member;
  const screen = useWorld<Screen>(`members/${userid}/screen`);
  const tasks = useWorld<{ tasks: Task[] }>(`members/${userid}/tasks`);
  if (!screen || !tasks) return <div class="screen wecom" />;
  if (group)
    return (
      <div class="wecom fill">
        <GroupChat id={group} me={userid} eyes={{ userid }} back={() => setGroup('')} runs={screen.groups.some((one) => one.chat_id === group)} />
      </div>
    );
  const waiting = tasks.tasks.filter((one) => one.state === 'open').length;
  const app = props.state.accounts.apps[0];
  const hands = `members/${userid}/`;
  return (
    <div class="screen wecom">
      <header class="bar">
        <h2>{tab === 'messages' ? (app?.name ?? t('messages')) : t(tab)}</h2>
        {tab === 'groups' && (
          <button class="more" onClick={() => { const name = prompt(t('groupName')); if (name) act('groups', { owner: userid, name }); }}>+</button>
        )}
      </header>
      {tab === 'messages' && (
        <>
          <Chat
            lines={screen.lines}
            mine="me"
            eyes={{ userid }}
            face={(who) => (who === 'me' ? { name: props.member.name, class: '' } : { name: t('facePolice'), class: 'police' })}
            onPress={(msgid, key) => act(hands + 'press', { msgid, key })}
          />
          <Composer send={(content) => act(hands + 'text', { content })} />
        </>
      )}
      {tab === 'groups' && (
        <ul class="list">
          {screen.groups.slice(0, 200).map((one) => (
            <li key={one.chat_id} onClick={() => setGroup(one.chat_id)}>
              <i class="face group">{t('faceGroup')}</i>
              <span><b>{one.name}</b><small>{one.members} {t('members')}</small></span>
            </li>
          ))}
          {!screen.groups.length && <p class="empty">{t('noGroups')}</p>}
        </ul>
      )}
      {tab === 'mass' && (
        <div class="tasks">
          {tasks.tasks.slice(0, 50).map((one) => <TaskCard key={one.msgid} task={one} member={props.member} groups={screen.groups} />)}
          {!tasks.tasks.length && <p class="empty">{t('noTasks')}</p>}
        </div>
      )}
      <nav class="tabs">
        {TABS.map((one) => (
          <button class={tab === one ? 'on' : ''} onClick={() => setTab(one)}>
            {t(one)}
            {one === 'mass' && waiting > 0 && <em>{waiting}</em>}
          </button>
        ))}
      </nav>
    </div>
  );
}

function TaskCard(props: { task: Task; member: Member; groups: GroupHead[] }): JSX.Element {
  const { task } = props;
  const [picking, setPicking] = useState<string[] | null>(null);
  const path = `members/${props.member.userid}/tasks/${task.msgid}/`;
  const reached = task.deliveries.filter((one) => one.status === 1).length;
  const capped = task.deliveries.filter((one) => one.status === 3).length;
  const waits = task.state === 'open' || task.state === 'ignored';
  return (
    <article class={'task ' + task.state}>
      <header>
        <b>{t(task.state as Word)}</b>
        <time>{moment(task.create_time)}</time>
      </header>
      {task.text.content && <p><Prose text={task.text.content} eyes={{ userid: props.member.userid }} /></p>}
      {task.attachments.map((one) => <Attachment one={one} eyes={{ userid: props.member.userid }} />)}
      <small class="quiet">
        {task.deliveries.length} {t('targets')}
        {task.state === 'sent' && ` · ${t('reached')} ${reached}`}
        {capped > 0 && ` · ${t('capped')} ${capped}`}
      </small>
      {picking && (
        <div class="picking">
          {props.groups.slice(0, 100).map((one) => (
            <label class="check">
              <input
                type="checkbox"
                checked={picking.includes(one.chat_id)}
                onChange={({ currentTarget: { checked } }) =>
                  setPicking((now) => (checked ? [...(now ?? []), one.chat_id] : (now ?? []).filter((id) => id !== one.chat_id)))
                }
              />
              {one.name}
            </label>
          ))}
        </div>
      )}
      {waits && (
        <footer>
          <button class="primary" onClick={() => act(path + 'confirm', picking ? { chats: picking } : {})}>{t('confirm')}</button>
          <button onClick={() => setPicking((now) => (now ? null : []))}>{t('pick')}</button>
          {task.state === 'open' && <button onClick={() => act(path + 'ignore')}>{t('ignore')}</button>}
        </footer>
      )}
    </article>
  );
}
