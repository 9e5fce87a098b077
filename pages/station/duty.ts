/*
 * The duty officer's screen as data: who is logged in, what the station has, what rings, and the one
 * incident that is open with its line, thread and outbox.
 */

import { Staff } from '../parts/staff';
import { openTrack, type Facing } from '../shared/camera';
import { faultWords } from '../shared/fault';
import type { Point } from '../shared/geo';
import { IncidentBook } from '../shared/incidents';
import { Line } from '../shared/line';
import type { LiveNews } from '../shared/live';
import { Outbox } from '../shared/outbox';
import { Reading } from '../shared/reading';
import type {
  DemoPerson, EntryView, IncidentView, JoinView, MeView, ParticipantView, ResponderView,
} from '../shared/types';
import { Ringer } from '../parts/ringer';
import { t } from './words';

export type Step = 'acknowledge' | 'depart' | 'arrive' | 'clear' | 'seen';

export class Duty extends Staff {
  readonly ringer = new Ringer();
  book = new IncidentBook();
  open: string | null = null;
  line: Line | null = null;
  outbox: Outbox | null = null;
  reading: Reading | null = null;
  facing: Facing = 'environment';
  here: Point | null = null;
  areas: GeoJSON.FeatureCollection | null = null;
  /** The step on its way to the server. */
  stepping: Step | null = null;

  /** What `open` was opened over: this station's part in the incident since it was raised. */
  private over = '';
  /** The line of the incident that rings first, ready to be entered. */
  private prepared: { id: string; line: Line } | null = null;
  private watch: number | null = null;

  constructor() {
    super('station');
    this.begin(this.api.get<MeView>('/session'));
  }

  /** This station's part in an incident. */
  responder(incident: IncidentView): ResponderView | undefined {
    return incident.responders.find((one) => this.me && one.station === this.me.station);
  }

  /** This station's place in the present call; the last, when a colleague had to leave an earlier one. */
  place(incident: IncidentView): ParticipantView | undefined {
    const call = incident.calls[incident.calls.length - 1];
    return call && call.participants.filter((one) => this.me && one.station === this.me.station).pop();
  }

  /**
   * Incidents in which this station is called and nobody has joined or declined yet, oldest first; and those
   * it is at work on, of which the caller says that the situation changed, until somebody has read that.
   */
  ringing(): IncidentView[] {
    return this.book.all().filter((one) => {
      const responder = this.responder(one);
      const place = this.place(one);
      if (!responder || responder.state === 'STOOD_DOWN' || responder.state === 'CLEARED') return false;
      if (responder.changed_at !== null) return true;
      return one.id !== this.open && one.state === 'DISPATCHED'
        && responder.state === 'ASSIGNED' && place !== undefined && place.state === 'INVITED';
    }).reverse();
  }

  /** How much somebody wrote in an incident that is not open, and nobody here has read. */
  unread(incident: IncidentView): number {
    return incident.id === this.open ? 0 : incident.unread;
  }

  /** Incidents this station has to do with in which something is unread; the open one is not among them. */
  unreadElsewhere(): IncidentView[] {
    return this.book.all().filter((one) => this.unread(one) > 0 && this.goesOn(one));
  }

  /** Whether the incident has a call that can be joined now. */
  canJoin(incident: IncidentView): boolean {
    const call = incident.calls[incident.calls.length - 1];
    return this.atWork(incident) && (incident.state === 'ANSWERED' || incident.state === 'DISPATCHED')
      && call !== undefined && (call.state === 'ACTIVE' || call.state === 'RINGING');
  }

  async show(id: string): Promise<void> {
    if (this.open !== id) {
      this.shut();
      this.open = id;
      this.over = this.part(id);
      this.line = this.prepared && this.prepared.id === id ? this.prepared.line : this.newLine(id);
      this.prepared = null;
      this.outbox = new Outbox(this.api, '/incidents/' + id, (entry) => this.said(id, entry));
      this.reading = new Reading(this.api, '/incidents/' + id);
      this.where();
      this.heard();
    }
    await this.complete(id);
  }

  /** One press: the incident opens, the line is made, microphone and camera follow as they are given. */
  async join(id: string): Promise<void> {
    this.ringer.wake();
    void this.show(id);
    const { line } = this;
    const incident = this.book.get(id);
    const responder = incident && this.responder(incident);
    if (responder && responder.changed_at !== null) void this.step('seen');
    if (!line || !incident) return;
    line.open();
    const kinds = ['audio', 'video'] as const;
    // In a silent report this officer's side may hear, but begins muted.
    if (incident.silent) line.setWanted('audio', false);
    await Promise.all(kinds.map((kind) => (line.track(kind) ? undefined : this.take(kind))));
  }

  async take(kind: 'audio' | 'video'): Promise<void> {
    const { line } = this;
    if (!line) return;
    try {
      const track = await openTrack(kind, this.facing);
      if (this.line === line && line.state !== 'idle') line.setTrack(kind, track);
      else track.stop();
    } catch {
      // The call goes on without; the button stays and says so.
    }
    this.changed();
  }

  async flip(): Promise<void> {
    const track = this.line && this.line.track('video');
    if (track) track.stop();
    this.facing = this.facing === 'user' ? 'environment' : 'user';
    await this.take('video');
  }

  async decline(id: string): Promise<void> {
    await this.attempt(async () => this.book.put(await this.api.post<IncidentView>(`/incidents/${id}/decline`)));
  }

  /** The call rings, and its incident opens: somebody here takes it without a call, or has read the change. */
  async read(id: string): Promise<void> {
    const incident = this.book.get(id);
    const responder = incident && this.responder(incident);
    void this.show(id);
    await this.step(responder && responder.changed_at !== null ? 'seen' : 'acknowledge');
  }

  async step(event: Step): Promise<void> {
    const id = this.open;
    if (!id || this.stepping) return;
    this.stepping = event;
    this.changed();
    const body = { event, device_at: Date.now() };
    // A step is the same however often it arrives, so it may be repeated on a bad network.
    await this.attempt(async () => this.book.put(
      await this.api.post<IncidentView>(`/incidents/${id}/respond`, body, { tries: 4, timeout: 8000 }),
    ));
    if (this.open === id) this.stepping = null;
    this.changed();
  }

  leaveCall(): void {
    if (!this.line) return;
    this.line.close();
    this.letGo(this.line);
  }

  shut(): void {
    if (this.line) {
      this.line.close();
      this.letGo(this.line);
    }
    if (this.outbox) this.outbox.stop();
    if (this.reading) this.reading.stop();
    this.open = this.line = this.outbox = this.reading = this.stepping = null;
    this.trouble = '';
    this.heard();
  }

  /** Where this officer is, for bearing and distance; it stays on this phone. */
  where(): void {
    if (this.watch !== null || !navigator.geolocation) return;
    this.watch = navigator.geolocation.watchPosition(({ coords }) => {
      this.here = { lon: coords.longitude, lat: coords.latitude };
      this.changed();
    }, () => undefined, { enableHighAccuracy: true, maximumAge: 5000 });
  }

  /** Whether this station may still be in the incident's call. */
  atWork(incident: IncidentView): boolean {
    const responder = this.responder(incident);
    return incident.state !== 'CLOSED' && responder !== undefined && responder.state !== 'STOOD_DOWN';
  }

  /** Whether this station has something to do here, whatever became of the case. */
  goesOn(incident: IncidentView): boolean {
    const responder = this.responder(incident);
    return responder !== undefined && responder.state !== 'STOOD_DOWN' && responder.state !== 'CLEARED';
  }

  private part(id: string): string {
    const incident = this.book.get(id);
    const responder = incident && this.responder(incident);
    return incident && responder ? `${incident.reopened_at} ${responder.assigned_at}` : '';
  }

  private talking(): boolean {
    return this.line !== null && this.line.state !== 'idle' && this.line.state !== 'over';
  }

  private letGo(line: Line): void {
    for (const kind of ['audio', 'video'] as const) {
      const track = line.track(kind);
      if (track) track.stop();
      line.setTrack(kind, null);
    }
  }

  protected refusal(me: MeView): string {
    return me.station ? '' : t('login_wrong_role');
  }

  protected offered(people: DemoPerson[]): DemoPerson[] {
    return people.filter((one) => one.face === 'station');
  }

  protected hear(message: LiveNews): void {
    const before = message.type === 'incident' ? this.book.get(message.incident.id) : undefined;
    if (!this.book.apply(message)) return;
    if (message.type === 'snapshot') this.me = message.me;
    const now = before && this.book.get(before.id);
    if (before && now && now.said > before.said && this.unread(now) > this.unread(before) && this.goesOn(now)) this.ringer.chime();
    this.heard();
  }

  protected entered(): void {
    this.where();
    void this.loadAreas();
  }

  protected forget(): void {
    this.book = new IncidentBook();
    this.shut();
    if (this.watch !== null) navigator.geolocation.clearWatch(this.watch);
    this.watch = this.here = null;
  }

  private async loadAreas(): Promise<void> {
    if (!this.areas) this.areas = await this.api.get<GeoJSON.FeatureCollection>('/areas?level=STATION', { tries: 3 }).catch(() => null);
    this.changed();
  }

  private async complete(id: string): Promise<void> {
    if (this.book.complete(id)) return;
    try {
      this.book.put(await this.api.get<IncidentView>('/incidents/' + id));
    } catch (error) {
      this.trouble = faultWords(error);
    }
    this.heard();
  }

  private said(id: string, entry: EntryView | null): void {
    const incident = this.book.get(id);
    if (entry && incident) this.book.put({ ...incident, entries: [entry] });
    this.heard();
  }

  private async attempt(work: () => Promise<unknown>): Promise<void> {
    this.trouble = '';
    try {
      await work();
    } catch (error) {
      this.trouble = faultWords(error);
    }
    this.heard();
  }

  protected heard(): void {
    const { open, outbox } = this;
    if (open && outbox) {
      outbox.settle(this.book.entries(open));
      const incident = this.book.get(open);
      if (incident && !this.atWork(incident) && this.line && this.line.state !== 'idle') this.leaveCall();
      // Gone, or called anew: then it rings again, and nothing that was open over it is left.
      if (this.book.known && this.part(open) !== this.over && !this.talking()) return this.shut();
      if (incident && !this.book.complete(open) && this.live.state === 'live') this.refetch(open);
    }
    const ringing = this.me ? this.ringing() : [];
    if (ringing.length) this.ringer.start();
    else this.ringer.stop();
    const first = ringing[0];
    this.prepare(first && first.id !== this.open && this.canJoin(first) ? first.id : null);
    this.changed();
  }

  /** While it rings the connection is made, so that the press only has to enter. */
  private prepare(id: string | null): void {
    if ((this.prepared && this.prepared.id) === id) return;
    if (this.prepared) this.prepared.line.close();
    this.prepared = id ? { id, line: this.newLine(id) } : null;
    if (this.prepared) void this.prepared.line.prepare(() => this.api.post<JoinView>(`/incidents/${id}/standby`));
  }

  private newLine(id: string): Line {
    return new Line((lost) => this.api.post<JoinView>(`/incidents/${id}/join`, { lost }), () => this.changed());
  }

  private refetching = false;

  /** A hole in the log of the open incident: fetched once at a time. */
  private refetch(id: string): void {
    if (this.refetching) return;
    this.refetching = true;
    setTimeout(() => {
      this.refetching = false;
      if (this.open === id) void this.complete(id);
    }, 1000);
  }
}
