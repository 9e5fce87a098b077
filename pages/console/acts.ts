/* What a dispatcher does to an incident. Each act asks the server, takes its answer, and says what failed. */
import { reactive } from 'vue';

import { newKey } from '../shared/api';
import type { CloseIn, DescribeIn } from '../shared/bodies';
import type { EntryView, Gravity, IncidentView, LinkView, UploadView } from '../shared/types';
import { api, desk, get, lanes, open, put, putEntry } from './desk';
import { isOpen, rings } from './queue';
import { tell, tellFault } from './tell';
import { t } from './words';

/** Acts on their way, so that a button can show it and is not pressed twice. */
export const busy = reactive(new Set<string>());

async function once<T>(name: string, act: () => Promise<T>): Promise<T | null> {
  if (busy.has(name)) return null;
  busy.add(name);
  try {
    return await act();
  } catch (error) {
    tellFault(error);
    return null;
  } finally {
    busy.delete(name);
  }
}

async function change(name: string, id: string, path: string, body: object = {}): Promise<boolean> {
  return (await once(name, async () => {
    put(await api.post<IncidentView>(`/incidents/${id}/${path}`, body));
    return true;
  })) ?? false;
}

/** Whether an answer button belongs on the incident for this person. */
export function answerable(it: IncidentView): boolean {
  if (it.journaled) return false;
  if (it.state === 'RAISED' || it.state === 'ABANDONED') return true;
  if (!isOpen(it) || it.dispatcher === desk.me?.id) return false;
  return it.unattended_at !== null || desk.me?.role === 'SUPERVISOR';
}

export async function answer(id: string): Promise<void> {
  open(id);
  if (await change('answer', id, 'answer')) desk.lane = 'mine';
}

/** Answers the open incident if it waits, else the most urgent one that rings. */
export function answerNext(): void {
  const chosen = desk.opened ? get(desk.opened) : undefined;
  if (chosen && answerable(chosen) && !isOpen(chosen)) return void answer(chosen.id);
  if (chosen && rings(chosen) && answerable(chosen)) return void answer(chosen.id);
  const first = lanes.value.waiting.find((it) => rings(it) && answerable(it));
  if (first) void answer(first.id);
}

export async function callStation(id: string, station: string, reason = ''): Promise<boolean> {
  return change('dispatch', id, 'dispatch', { station, reason });
}

export async function standDown(id: string, station: string, reason: string): Promise<boolean> {
  return change('stand-down', id, 'stand-down', { station, reason });
}

export async function describe(id: string, what: DescribeIn): Promise<boolean> {
  return (await once('describe', async () => {
    put(await api.patch<IncidentView>(`/incidents/${id}`, what));
    return true;
  })) ?? false;
}

/** Who is looked at first, by hand; null: as words and kind say. */
export async function prioritise(id: string, priority: Gravity | null): Promise<boolean> {
  return change('priority', id, 'priority', { priority });
}

export async function close(it: IncidentView, how: CloseIn): Promise<boolean> {
  const done = await change('close', it.id, 'close', how);
  if (done) tell('well', t('close.done', { number: it.number }));
  return done;
}

/** Rings at the page of a caller who hung up. */
export async function callBack(id: string): Promise<boolean> {
  return change('call-back', id, 'call-back');
}

/** The path of a link that leads the caller back into the report; empty when it could not be made. */
export async function makeLink(id: string): Promise<string> {
  const link = await once('link', () => api.post<LinkView>(`/incidents/${id}/link`));
  return link?.path ?? '';
}

/** A station's step that was heard by radio. */
export async function recordRadio(id: string, station: string, event: string): Promise<boolean> {
  return change('radio', id, 'radio', { station, event });
}

/** Sends a line of text; the key makes it safe to send again after a lost answer. */
export async function sendText(id: string, text: string, key: string): Promise<boolean> {
  const entry = await once('text', () =>
    api.post<EntryView>(`/incidents/${id}/messages`, { key, text, device_at: Date.now() }, { tries: 3 }));
  if (entry) putEntry(id, entry);
  return entry !== null;
}

/** Keeps what a video shows now as a picture in the incident's thread. */
export async function snapshot(id: string, video: HTMLVideoElement | null): Promise<void> {
  if (!video || !video.videoWidth) {
    tell('need', t('call.snapshot.none'));
    return;
  }
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  const picture = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.9));
  if (!picture) return;
  const taken = { key: newKey(), at: Date.now() };
  const saved = await once('snapshot', () =>
    api.upload<UploadView>(`/incidents/${id}/uploads`, picture, taken));
  if (saved) tell('well', t('call.snapshot.done'));
}
