/*
 * The calls this desk is in: one room for each open incident of mine, joined by itself, also after a
 * reload. One of them is talked in, whatever incident is looked at: which, the documents say (away.ts).
 * In the others this desk is away: connected, and neither heard nor hearing.
 *
 * A lost connection is joined again with a new ticket, sooner at first. 'replaced' means that another
 * window of the same person has the call: then this one waits to be told.
 */
import { computed, markRaw, shallowReactive, watch } from 'vue';

import { rejoinPause } from '../shared/api';
import { CallConnection, type Quality, type RemoteParticipant } from '../shared/call';
import { asFault } from '../shared/fault';
import type { IncidentView, JoinView } from '../shared/types';
import { awaySince, handedSince, talksIn } from './away';
import { camera, closeCamera, openCamera } from './camera';
import { api, desk, get, incidents, known, put } from './desk';
import { isOpen } from './queue';

declare global {
  interface Window { __call?: CallConnection }
}

export type RoomState = 'joining' | 'connected' | 'lost' | 'replaced' | 'ended';

export interface RoomView {
  state: RoomState;
  tries: number;
  /** Somebody else was there, too: what is lost now was a call. */
  been: boolean;
  others: RemoteParticipant[];
  quality: Quality | null;
  /** What the dispatcher wants to send; on hold nothing is sent. */
  audio: boolean;
  video: boolean;
  /** The last refusal's code, for the words. */
  trouble: string;
}

const STEADY_MS = 8000;

export class CallRoom {
  readonly id: string;
  readonly view: RoomView;
  private call: CallConnection | null = null;
  private tracks: MediaStreamTrack[] = [];
  private timer = 0;
  private steady = 0;
  private held = false;
  private resuming = false;
  private gone = false;
  /** Where the last connection led. */
  private lost = '';

  constructor(it: IncidentView) {
    this.id = it.id;
    this.view = shallowReactive<RoomView>({
      state: 'joining', tries: 0, been: false, others: [], quality: null, audio: !it.silent, video: true, trouble: '',
    });
    void this.lend();
    void this.join();
  }

  /** Says that the dispatcher is back, when the documents say he is gone. */
  async resume(): Promise<void> {
    if (this.resuming || this.gone || get(this.id)?.unattended_at === null) return;
    this.resuming = true;
    try {
      put(await api.post<IncidentView>(`/incidents/${this.id}/answer`));
    } finally {
      this.resuming = false;
    }
  }

  /** Asks for a ticket and connects. */
  async join(): Promise<void> {
    window.clearTimeout(this.timer);
    this.drop();
    this.view.state = this.view.tries ? 'lost' : 'joining';
    try {
      await this.resume();
      const { media_url, ticket } = await api.post<JoinView>(`/incidents/${this.id}/join`, { lost: this.lost }, { timeout: 8000 });
      if (!this.gone) this.connect(media_url, ticket);
    } catch (error) {
      this.lose(asFault(error).code);
    }
  }

  toggle(kind: 'audio' | 'video'): void {
    this.view[kind] = !this.view[kind];
    this.send();
  }

  hold(held: boolean): void {
    if (held === this.held) return;
    this.held = held;
    this.send();
  }

  requestKeyframe(participant: string): void {
    this.call?.requestKeyframe(participant);
  }

  /** The connection now, for measuring. */
  get connection(): CallConnection | null {
    return this.call;
  }

  leave(): void {
    this.gone = true;
    window.clearTimeout(this.timer);
    this.drop();
    this.tracks.forEach((track) => track.stop());
    this.tracks = [];
  }

  private connect(mediaUrl: string, ticket: string): void {
    const stream = this.tracks.length ? new MediaStream(this.tracks) : null;
    const call = markRaw(new CallConnection({ mediaUrl, ticket, stream }));
    this.call = call;
    this.lost = mediaUrl;
    call.on('participants', (others) => {
      this.view.others = others.map((one) => ({ ...one }));
      // Alone in the room is no call yet: nothing is said to have dropped.
      if (others.length) this.view.been = true;
    });
    call.on('quality', (quality) => { this.view.quality = quality; });
    call.on('error', ({ code }) => { this.view.trouble = code; });
    call.on('state', ({ state, reason }) => {
      if (this.call !== call) return;
      if (state === 'connected') this.connected();
      else if (state === 'lost') this.lose(reason);
      else if (state === 'ended') this.end(reason);
    });
    call.connect();
    this.send();
    show();
  }

  private connected(): void {
    this.view.state = 'connected';
    this.view.trouble = '';
    this.steady = window.setTimeout(() => { this.view.tries = 0; }, STEADY_MS);
    this.send();
  }

  private lose(reason: string): void {
    if (this.gone) return;
    this.drop();
    this.view.trouble = reason;
    this.view.state = 'lost';
    this.view.tries += 1;
    this.timer = window.setTimeout(() => void this.join(), rejoinPause(this.view.tries));
  }

  private end(reason: string): void {
    this.drop();
    this.view.trouble = reason;
    this.view.state = reason === 'replaced' ? 'replaced' : 'ended';
  }

  private drop(): void {
    window.clearTimeout(this.steady);
    const { call } = this;
    this.call = null;
    call?.close();
    this.view.others = [];
    this.view.quality = null;
    show();
  }

  /** Camera and microphone may come seconds after the call was joined. */
  private async lend(): Promise<void> {
    const stream = await openCamera();
    if (this.gone || !stream) return;
    this.tracks = stream.getTracks().map((track) => track.clone());
    for (const track of this.tracks) await this.call?.setTrack(track.kind as 'audio' | 'video', track);
    this.send();
  }

  private send(): void {
    const { audio, video } = this.view;
    this.call?.setMedia({ audio: audio && !this.held, video: video && !this.held });
    for (const track of this.tracks) track.enabled = !this.held && (track.kind === 'audio' ? audio : video);
  }
}

export const rooms = shallowReactive(new Map<string, CallRoom>());
/** The room of the incident that is looked at, if it is mine. */
export const room = computed(() => (desk.opened ? rooms.get(desk.opened) ?? null : null));
/** My calls that go on. One that was handed to me begins with my press. */
export const mine = computed(() => incidents.value.filter((it) =>
  isOpen(it) && !it.journaled && it.dispatcher === desk.me?.id && handedSince(it) === null && it.calls.at(-1)?.state === 'ACTIVE'));
/** The incident whose call is talked in. */
export const liveId = computed(() => talksIn(mine.value));
export const live = computed(() => (liveId.value ? rooms.get(liveId.value) ?? null : null));
export const talking = computed(() => live.value?.view.state === 'connected');
/** Somebody else is in it, or it is being joined again after a loss: it cannot be left without a word. */
export const conversing = computed(() => {
  const it = liveId.value ? get(liveId.value) : undefined;
  if (!live.value || !it) return false;
  const { state, been, others } = live.value.view;
  if (state !== 'connected') return been && state !== 'replaced';
  return others.length > 0 || (it.calls.at(-1)?.participants.some((one) => one.role !== 'DISPATCHER' && one.state === 'JOINED') ?? false);
});

function show(): void {
  window.__call = (live.value ?? room.value)?.connection ?? undefined;
}

/** Joins and leaves as the documents say, and is heard in the call that is talked in alone. */
export function keepRooms(): void {
  let greeted = false;
  watch(mine, (those) => {
    const ids = new Set(those.map((it) => it.id));
    for (const [id, one] of rooms) {
      if (ids.has(id)) continue;
      one.leave();
      rooms.delete(id);
    }
    for (const it of those) {
      const one = rooms.get(it.id);
      if (!one) rooms.set(it.id, new CallRoom(it));
      else if (it.unattended_at !== null && one.view.state === 'connected') one.resume().catch(() => undefined);
    }
    if (!rooms.size && camera.asked) closeCamera();
    if (!greeted && !desk.opened && those[0]) desk.opened = liveId.value ?? those[0].id;
    greeted = known.value;
    settle();
  }, { immediate: true });
  watch(() => desk.opened, show);
}

function settle(): void {
  for (const [id, one] of rooms) {
    const held = id !== liveId.value;
    one.hold(held);
    if (held) void sayAway(id);
  }
  show();
}

const saying = new Set<string>();

/** The server says it when another call is answered; where it could not, whoever waits must not be told otherwise. */
async function sayAway(id: string): Promise<void> {
  const it = get(id);
  if (!it || awaySince(it) !== null || saying.has(id)) return;
  saying.add(id);
  try {
    put(await api.post<IncidentView>(`/incidents/${id}/away`));
  } catch {
    // The next change of any of my incidents says it again.
  } finally {
    saying.delete(id);
  }
}
