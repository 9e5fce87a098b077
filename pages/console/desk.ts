/*
 * What the desk knows: who is logged in, the documents of the live feed, which incident is open.
 *
 * Nothing here decides anything about an incident: lists are sorted, never derived states. The book
 * (shared/incidents.ts) is plain; `turn` counts its changes so that Vue draws again.
 */
import { computed, reactive, ref, shallowRef, watch } from 'vue';

import { Api, backoff, pause } from '../shared/api';
import { now } from '../shared/clock';
import { asFault, type Fault } from '../shared/fault';
import { IncidentBook } from '../shared/incidents';
import { Live, type LiveNews, type LiveState } from '../shared/live';
import type { ConfigView, EntryView, IncidentView, MeView, StationReach } from '../shared/types';
import { keepDraftsOf } from './drafts';
import { inLane, LANES, type Lane } from './queue';

export type Screen = 'desk' | 'archive' | 'people' | 'integrators';
export type Phase = 'starting' | 'failed' | 'login' | 'securing' | 'in';

const OPENED = 'jingmin.console.opened';
const FACE = 'console';

export const api = new Api({ face: FACE });
export const tick = ref(now());
window.setInterval(() => { tick.value = now(); }, 500);

export const desk = reactive({
  phase: 'starting' as Phase,
  fault: null as Fault | null,
  config: null as ConfigView | null,
  me: null as MeView | null,
  expired: false,
  live: 'connecting' as LiveState,
  /** When the feed was lost (this computer's clock), until it is back. */
  lostAt: null as number | null,
  screen: 'desk' as Screen,
  lane: 'waiting' as Lane,
  opened: sessionStorage.getItem(OPENED),
  fetching: false,
});

const book = new IncidentBook();
const turn = ref(0);
let live: Live | null = null;
let heardOf: (before: IncidentView | undefined, it: IncidentView) => void = () => undefined;

/** Calls `fn` with each incident that the feed brings, and as it was known before. */
export function onIncident(fn: typeof heardOf): void {
  heardOf = fn;
}

/** Counts what the feed says of tips that became incidents; which one, it does not say. */
export const handed = ref(0);
/** Counts snapshots: whom a call to a station reaches is to be read anew. */
export const reached = ref(0);
/** What the feed says of that since. */
export const reachNews = shallowRef<readonly StationReach[]>([]);

export const known = computed(() => turn.value >= 0 && book.known);
export const store = computed(() => ({ down: turn.value >= 0 && book.store === 'down', journaled: book.journaled, diskLow: turn.value >= 0 && book.diskLow, unreadable: turn.value >= 0 ? book.unreadable : [] }));
export const incidents = computed<IncidentView[]>(() => (turn.value >= 0 ? book.all() : []));
export const opened = computed<IncidentView | null>(() =>
  (turn.value >= 0 && desk.opened && book.get(desk.opened)) || null);
export const thread = computed<readonly EntryView[]>(() =>
  (turn.value >= 0 && desk.opened ? book.entries(desk.opened) : []));
export const threadWhole = computed(() => turn.value >= 0 && desk.opened !== null && book.complete(desk.opened));
export const lanes = computed<Record<Lane, IncidentView[]>>(() => {
  const me = desk.me?.id ?? '';
  return Object.fromEntries(LANES.map((lane) => [lane, inLane(lane, incidents.value, me)])) as Record<Lane, IncidentView[]>;
});

/** Whether this person may act on the incident: it is theirs, or they supervise. */
export function mayAct(it: IncidentView): boolean {
  const open = it.state === 'ANSWERED' || it.state === 'DISPATCHED';
  return open && (it.dispatcher === desk.me?.id || desk.me?.role === 'SUPERVISOR');
}

export function isMine(it: IncidentView): boolean {
  return it.dispatcher === desk.me?.id;
}

export function get(id: string): IncidentView | undefined {
  return turn.value >= 0 ? book.get(id) : undefined;
}

/** Takes a document from an answer of the REST API. */
export function put(it: IncidentView): void {
  if (book.put(it)) turn.value++;
}

/** An entry the server answered with, before the feed brings the incident. */
export function putEntry(id: string, entry: EntryView): void {
  const it = book.get(id);
  if (it) put({ ...it, entries: [entry] });
}

export function fileUrl(id: string, file: string): string {
  return `/api/v1/incidents/${id}/files/${file}?face=${FACE}`;
}

export function tipFileUrl(id: string, file: string): string {
  return `/api/v1/tips/${id}/files/${file}?face=${FACE}`;
}

/** Opens an incident in the middle of the desk. */
export function open(id: string | null): void {
  desk.opened = id;
  desk.screen = 'desk';
}

watch(() => desk.opened, (id) => {
  if (id) sessionStorage.setItem(OPENED, id);
  else sessionStorage.removeItem(OPENED);
  void fetchWhole();
});

/** The thread of the open incident must have every entry before it is trusted. */
async function fetchWhole(): Promise<void> {
  const id = desk.opened;
  if (!id || !book.known || desk.fetching || book.complete(id) || book.get(id)?.journaled) return;
  desk.fetching = true;
  try {
    put(await api.get<IncidentView>(`/incidents/${id}`));
  } catch (error) {
    if (asFault(error).code === 'not_found' && desk.opened === id) desk.opened = null;
    await pause(2000);
  } finally {
    desk.fetching = false;
    if (desk.opened && !book.complete(desk.opened)) window.setTimeout(() => void fetchWhole(), 300);
  }
}

const DRAW_MS = 100;
let drawnAt = 0;
let drawing = 0;

/** Draws at once, but not more than ten times a second: a flood must not keep the desk from answering. */
function draw(): void {
  if (drawing) return;
  const wait = drawnAt + DRAW_MS - Date.now();
  const turnNow = (): void => {
    drawing = 0;
    drawnAt = Date.now();
    turn.value++;
  };
  if (wait <= 0 || wait > DRAW_MS) turnNow();
  else drawing = window.setTimeout(turnNow, wait);
}

function receive(message: LiveNews): void {
  // What was touched before a snapshot was not heard of.
  if (message.type === 'snapshot' || (message.type === 'touched' && message.what === 'tips')) handed.value++;
  if (message.type === 'snapshot') reached.value++;
  if (message.type === 'reach') reachNews.value = message.stations;
  // A snapshot holds no entries; those of the open incident are kept, so that nothing flickers.
  const kept = message.type === 'snapshot' && desk.opened ? book.entries(desk.opened) : [];
  const before = message.type === 'incident' ? book.get(message.incident.id) : undefined;
  if (!book.apply(message)) return;
  const now = message.type === 'incident' ? book.get(message.incident.id) : undefined;
  if (now) heardOf(before, now);
  if (message.type === 'snapshot') {
    desk.me = message.me;
    const it = desk.opened && book.get(desk.opened);
    if (it) book.put({ ...it, entries: kept as EntryView[] });
  }
  if (message.type === 'snapshot') turn.value++;
  else draw();
  // After a crash or on another machine: whoever has an incident in hand is back in it at once.
  const mine = message.type === 'snapshot' && !desk.opened ? lanes.value.mine[0] : undefined;
  if (mine) {
    desk.lane = 'mine';
    open(mine.id);
  }
  void fetchWhole();
}

function follow(path: string): void {
  live = new Live(`${path}?face=${FACE}`);
  live.on('message', receive);
  live.on('state', (state) => {
    desk.live = state;
    if (state === 'live') desk.lostAt = null;
    else if (state === 'lost') desk.lostAt ??= Date.now();
    else if (state === 'refused') forget(true);
  });
  live.open();
}

/** Tries the feed again at once. */
export function reconnect(): void {
  live?.close();
  live?.open();
}

/** Starts the desk: what the server is, then who is here. Goes on trying until it answers. */
export async function start(): Promise<void> {
  for (let tried = 1; ; tried++) {
    try {
      desk.config = await api.config();
      break;
    } catch (error) {
      desk.fault = asFault(error);
      desk.phase = 'failed';
      await pause(backoff(tried));
    }
  }
  desk.fault = null;
  try {
    enter(await api.get<MeView>('/session'));
  } catch {
    desk.phase = 'login';
  }
}

/** Somebody has logged in. */
export function enter(me: MeView): void {
  if (!desk.config) return;
  keepDraftsOf(me.id);
  desk.me = me;
  const bare = me.password_needed || me.code_needed;
  desk.phase = bare ? 'securing' : 'in';
  if (bare) return;
  desk.expired = false;
  desk.screen = me.role === 'ADMIN' ? 'people' : 'desk';
  if (me.role === 'DISPATCHER' || me.role === 'SUPERVISOR') follow(desk.config.live_path);
}

/** What somebody set about himself: who was already in stays where he is. */
export function update(me: MeView): void {
  if (desk.phase === 'in') desk.me = me;
  else enter(me);
}

/** Back to the log-in. With `expired` the page says why. */
export function forget(expired: boolean): void {
  live?.close();
  live = null;
  desk.expired = expired;
  desk.phase = 'login';
  desk.me = null;
  desk.lostAt = null;
  if (expired) return;
  desk.opened = null;
  keepDraftsOf('');
}
