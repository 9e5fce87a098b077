/* The control strip: time, troubles, and everything that went over the wire. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { english, switchLanguage, t, type Word } from './words';
import { act, lift, moment, useNow, useWorld } from './world';

const JUMPS: [Word, number][] = [
  ['minute', 60],
  ['five', 300],
  ['two', 48 * 3600],
  ['three', 3 * 86400],
];

const TROUBLES: [Word, object][] = [
  ['duplicate', { path: 'callback:*', action: 'duplicate' }],
  ['reorder', { path: 'callback:*', action: 'reorder', seconds: 5 }],
  ['drop', { path: 'callback:*', action: 'drop' }],
  ['slow', { path: '*', action: 'slow', seconds: 3 }],
  ['hang', { path: '*', action: 'hang' }],
  ['busy', { path: '*', action: 'error', code: -1 }],
  ['quota', { path: '*', action: 'error', code: 45009 }],
  ['lost', { path: '*', action: 'lost' }],
  ['gateway', { path: '*', action: 'http', code: 502 }],
  ['revoke', { path: '*', action: 'revoke' }],
];

export function Strip(props: { redraw: () => void }): JSX.Element {
  const at = useNow();
  const [open, setOpen] = useState<'' | 'faults' | 'log'>('');
  const toggle = (one: 'faults' | 'log'): void => setOpen((now) => (now === one ? '' : one));
  return (
    <div class="strip">
      <div class="strip-row">
        <h1>{t('title')}</h1>
        <time class="world-time">{moment(at)}</time>
        {JUMPS.map(([word, seconds]) => (
          <button onClick={() => act('clock', { advance_s: seconds })}>{t(word)}</button>
        ))}
        <button class={open === 'faults' ? 'on' : ''} onClick={() => toggle('faults')}>{t('faults')}</button>
        <button class={open === 'log' ? 'on' : ''} onClick={() => toggle('log')}>{t('log')}</button>
        <button
          class="language"
          onClick={() => {
            switchLanguage();
            props.redraw();
          }}
        >
          {english() ? '中文' : 'English'}
        </button>
      </div>
      {open === 'faults' && <Faults />}
      {open === 'log' && <Log />}
    </div>
  );
}

interface Fault {
  id: number;
  path: string;
  action: string;
  count: number | null;
  hits: number;
}

function Faults(): JSX.Element {
  const [which, setWhich] = useState(0);
  const [count, setCount] = useState('1');
  const faults = useWorld<{ faults: Fault[] }>('faults')?.faults ?? [];
  return (
    <div class="drawer">
      <div class="strip-row">
        <select value={which} onChange={(e) => setWhich(Number(e.currentTarget.value))}>
          {TROUBLES.map(([word], number) => <option value={number}>{t(word)}</option>)}
        </select>
        <input class="count" value={count} onInput={(e) => setCount(e.currentTarget.value)} inputMode="numeric" aria-label={t('times')} />
        <span>{t('times')}</span>
        <button onClick={() => act('faults', { ...TROUBLES[which]![1], count: Number(count) || null })}>{t('addFault')}</button>
        <button onClick={lift}>{t('clear')}</button>
      </div>
      <ul class="faults">
        {faults.map((one) => (
          <li key={one.id}>{one.action} · {one.path} · {one.hits}/{one.count ?? '∞'}</li>
        ))}
      </ul>
    </div>
  );
}

interface Entry {
  seq: number;
  at: number;
  kind: string;
  path: string;
  body: string;
  status: number;
  answer: string;
  ms: number;
  note: string;
}

function Log(): JSX.Element {
  const last = useWorld<{ log: number }>('changes')?.log ?? 0;
  const log = useWorld<{ entries: Entry[] }>(`log?since=${Math.max(0, last - 80)}&limit=80`);
  const [open, setOpen] = useState(0);
  return (
    <div class="drawer log">
      {(log?.entries ?? []).slice().reverse().map((one) => (
        <div key={one.seq} class="entry" onClick={() => setOpen((now) => (now === one.seq ? 0 : one.seq))}>
          <span class={'kind ' + one.kind}>{one.kind === 'call' ? '→' : '←'}</span>
          <span class="path">{one.path}</span>
          <span class={one.status === 200 ? '' : 'bad'}>{one.status || '—'}</span>
          <span>{one.ms.toFixed(0)} ms</span>
          <span class="answer">{one.note} {one.answer}</span>
          {open === one.seq && <pre>{one.body + '\n\n' + one.answer}</pre>}
        </div>
      ))}
    </div>
  );
}
