/* The simulator's control API, and one poll that tells every screen when to look again. */

import { useEffect, useState } from 'preact/hooks';
import { t } from './words';

export interface Line {
  seq: number;
  at: number;
  who: string;
  kind: string;
  data: Record<string, any>;
  via: string;
}

export interface Resident {
  openid: string;
  external_userid: string;
  name: string;
  following: boolean;
  latitude: number;
  longitude: number;
  refuses: boolean;
  snapshot: boolean;
  credits: { trigger: string; left: number; until: number }[];
}

export interface Member {
  userid: string;
  name: string;
  groups: number;
}

export interface GroupHead {
  chat_id: string;
  name: string;
  members: number;
  owner?: string;
  notice?: string;
}

export interface Task {
  msgid: string;
  create_time: number;
  chat_type: string;
  text: { content?: string };
  attachments: Record<string, any>[];
  state: 'open' | 'sent' | 'ignored' | 'cancelled';
  deliveries: { target: string; status: number }[];
}

export interface State {
  joinways: { config_id: string; state: string; remark: string; chat_id_list: string[] }[];
  qrcodes: { ticket: string; scene_id: number; scene_str: string; until: number | null }[];
  accounts: { oa: { name: string }; apps: { agentid: number; name: string }[] };
}

export interface Tick {
  changes: number;
  log: number;
  now: number;
}

export async function look<T>(path: string): Promise<T> {
  const answer = await fetch('/sim/' + path);
  return (await answer.json()) as T;
}

let complain: (text: string) => void = () => undefined;

export function onComplaint(hear: (text: string) => void): void {
  complain = hear;
}

/** An act of somebody's hands; a refusal is shown, not thrown. */
export async function act(path: string, body: object = {}): Promise<any> {
  const answer = await fetch('/sim/' + path, { method: 'POST', body: JSON.stringify(body) });
  const told = await answer.json();
  if (answer.status !== 200) complain(t('failed') + told.text);
  poll();
  return answer.status === 200 ? told : null;
}

export async function lift(): Promise<void> {
  await fetch('/sim/faults', { method: 'DELETE' });
  poll();
}

let tick: Tick = { changes: -1, log: 0, now: 0 };
let beats = 0;
const watchers = new Set<(beat: number) => void>();
let timer = 0;

async function poll(): Promise<void> {
  clearTimeout(timer);
  try {
    if (!document.hidden) {
      const next = await look<Tick>('changes');
      const moved = next.changes !== tick.changes || next.log !== tick.log;
      tick = next;
      if (moved) beats += 1;
      watchers.forEach((one) => one(beats));
    }
  } catch {
    // The simulator restarts; the next poll finds it.
  }
  clearTimeout(timer);
  timer = window.setTimeout(poll, 700);
}

export const now = (): number => tick.now;

/** What is at ``path``, again whenever the world changed. */
export function useWorld<T>(path: string | null): T | null {
  const [value, set] = useState<{ path: string; value: T } | null>(null);
  const beat = useBeat();
  useEffect(() => {
    if (!path) return;
    let current = true;
    look<T>(path).then(
      (found) => current && set({ path, value: found }),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [path, beat]);
  return value && value.path === path ? value.value : null;
}

export function useBeat(): number {
  const [beat, set] = useState(beats);
  useEffect(() => {
    watchers.add(set);
    if (watchers.size === 1) poll();
    return () => {
      watchers.delete(set);
    };
  }, []);
  return beat;
}

/** The world's clock, for things that show it. */
export function useNow(): number {
  const [value, set] = useState(tick.now);
  useEffect(() => {
    const one = setInterval(() => set(tick.now), 500);
    return () => clearInterval(one);
  }, []);
  return value;
}

export function clock(at: number): string {
  const beijing = { timeZone: 'Asia/Shanghai', hour12: false } as const;
  return new Date(at * 1000).toLocaleTimeString('zh-CN', { ...beijing, hour: '2-digit', minute: '2-digit' });
}

export function moment(at: number): string {
  if (!at) return '';
  return new Date(at * 1000).toLocaleString('zh-CN', { timeZone: 'Asia/Shanghai', hour12: false });
}

export function fileOf(input: HTMLInputElement): Promise<{ data: string; filename: string; content_type: string } | null> {
  const file = input.files?.[0];
  input.value = '';
  if (!file) return Promise.resolve(null);
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () =>
      done({
        data: String(reader.result).split(',')[1] ?? '',
        filename: file.name,
        content_type: file.type || 'application/octet-stream',
      });
    reader.readAsDataURL(file);
  });
}
