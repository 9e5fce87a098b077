/* What a dispatcher does to an incident. Each act asks the server, takes its answer, and says what failed. */
import { reactive, ref } from 'vue';

import { newKey } from '../shared/api';
import type { CloseIn, DescribeIn, MessageIn } from '../shared/bodies';
import type { DeskView } from '../shared/desks';
import type { EntryView, Gravity, IncidentView, LinkView, UploadView } from '../shared/types';
import { awaySince } from './away';
import { conversing, liveId } from './callroom';
import { api, desk, forget, get, lanes, open, put, putEntry } from './desk';
import { give } from './losses';
import { callIsOver, callsAgain, handedTo, isOpen, rings, waitsForMe } from './queue';
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
  if (handedTo(it, desk.me?.id ?? '')) return true;
  if (isOpen(it) && it.dispatcher === desk.me?.id) return callsAgain(it) || waitsForMe(it, desk.me.id);
  if (!isOpen(it)) return false;
  return it.unattended_at !== null || awaySince(it) !== null || desk.me?.role === 'SUPERVISOR';
}

/** Asked for while somebody is being talked to: AnswerSecond.vue says what becomes of that call. */
export const another = ref<string | null>(null);

export async function answer(id: string): Promise<void> {
  const it = get(id);
  // A line is read, and a case without a call taken, beside the call I am in.
  if (it && toRead(it)) open(id);
  else if (conversing.value && liveId.value !== id && !(it && callIsOver(it))) another.value = id;
  else await take(id);
}

/** Nothing is opened or left before the server has said that it is mine. */
export async function take(id: string): Promise<boolean> {
  if (!(await change('answer', id, 'answer'))) return false;
  desk.lane = 'mine';
  open(id);
  return true;
}

/** Back to a call of mine; whatever I talk in now is left alone for a while. */
export async function comeBack(id: string): Promise<void> {
  if (await change('back', id, 'back')) open(id);
}

/** Opening it is all there is to do. */
function toRead(it: IncidentView): boolean {
  return waitsForMe(it, desk.me?.id ?? '') && it.unattended_cause === 'unread';
}

/** Answers the open incident if it waits, else the most urgent one that rings. */
export function answerNext(): void {
  const chosen = desk.opened ? get(desk.opened) : undefined;
  if (chosen && answerable(chosen) && (!isOpen(chosen) || callsAgain(chosen))) return void answer(chosen.id);
  if (chosen && rings(chosen, desk.me?.id) && answerable(chosen) && !toRead(chosen)) return void answer(chosen.id);
  const first = lanes.value.waiting.find((it) => rings(it, desk.me?.id) && answerable(it) && !(toRead(it) && it === chosen));
  if (first) void answer(first.id);
}

/** 转交: to a colleague at a desk, by name. */
export async function transfer(it: IncidentView, to: DeskView): Promise<boolean> {
  const taken = give(it.id);
  try {
    const done = await change('transfer', it.id, 'transfer', { to: to.id });
    if (done) tell('well', t('transfer.done', { number: it.number, name: to.name }));
    return done;
  } finally {
    taken();
  }
}

/** Refused while something is in hand; then the dialog of LeaveDesk.vue stays. */
export async function logOut(): Promise<boolean> {
  return (await once('log-out', async () => {
    await api.delete('/session');
    forget(false);
    return true;
  })) ?? false;
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

/** Ends the call, not the case; with `toStation` the station finishes it. */
export async function endCall(id: string, toStation: boolean): Promise<boolean> {
  return change('end-call', id, 'end-call', { to_station: toStation });
}

/** Calls a caller who hung up, or whose call is over. */
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
export async function sendText(id: string, text: string, key: string, ask: MessageIn['ask'] = null): Promise<boolean> {
  const message: MessageIn = { key, text, device_at: Date.now(), ...(ask ? { ask } : {}) };
  const entry = await once('text', () => api.post<EntryView>(`/incidents/${id}/messages`, message, { tries: 3 }));
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
