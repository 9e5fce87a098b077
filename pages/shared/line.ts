/*
 * A line to a call that comes back by itself: asks for a ticket, connects, and when the connection
 * is lost asks for a new one, again and again until the call is over or the page hangs up.
 *
 *   const line = new Line((lost) => api.post<JoinView>('/my/join', { lost }), draw);
 *   line.open();  line.setTrack('video', track);  line.others, line.state, line.rung
 *
 * The tracks belong to the page. `window.__call` is the present CallConnection, for measuring.
 */

import { pause, rejoinPause } from './api';
import { CallConnection, type Kind, type Quality, type RemoteParticipant, type Rung, type RungCause } from './call';
import { sharpen } from './camera';
import { asFault, type Fault } from './fault';
import { Ladder } from './ladder';
import type { JoinView } from './types';

/** 'replaced': another page of the same person has the place; 'over': the call has ended. */
export type LineState = 'idle' | 'joining' | 'connected' | 'rejoining' | 'replaced' | 'over';

declare global {
  interface Window { __call?: CallConnection }
}

const SMALL_KBPS = 220;
const SHARP_MS = 5000;

export class Line {
  state: LineState = 'idle';
  call: CallConnection | null = null;
  others: RemoteParticipant[] = [];
  /** What the server receives from this page. */
  quality: Quality | null = null;
  /** Why the last try failed. */
  fault: Fault | null = null;
  tried = 0;
  rung: Rung = 'video';

  private readonly join: (lost: string) => Promise<JoinView>;
  private readonly changed: () => void;
  private readonly tracks: Record<Kind, MediaStreamTrack | null> = { audio: null, video: null };
  private readonly wanted: Record<Kind, boolean> = { audio: true, video: true };
  private ladder = new Ladder();
  private sharpening = 0;
  /** A connection that only has to be entered, and the media process it leads to. */
  private ready: { call: CallConnection; url: string } | null = null;
  /** Counts openings, so that an answer to an older one is recognised. */
  private opening = 0;
  /** Somebody else was there, too: it was a call. */
  private talked = false;
  /** Where the connection led that broke, or could not be made. */
  private lost = '';

  /** `join` is told the media process that was lost, if one was. */
  constructor(join: (lost: string) => Promise<JoinView>, changed: () => void) {
    this.join = join;
    this.changed = changed;
  }

  open(): void {
    if (this.state === 'joining' || this.state === 'connected' || this.state === 'rejoining') return;
    this.tried = 0;
    this.talked = false;
    this.lost = '';
    void this.connect(++this.opening);
  }

  /**
   * Makes the connection before anybody presses, so that open() only has to enter. Nothing is seen or
   * heard meanwhile. When it fails nothing is lost: open() then does it all.
   */
  async prepare(standBy: () => Promise<JoinView>): Promise<void> {
    const { opening } = this;
    const idle = (): boolean => this.state === 'idle' && opening === this.opening && !this.ready;
    if (!idle()) return;
    const ticket = await standBy().catch(() => null);
    if (!ticket || !idle()) return;
    const call = new CallConnection({ mediaUrl: ticket.media_url, ticket: ticket.ticket, stream: null });
    this.ready = { call, url: ticket.media_url };
    call.on('state', ({ state }) => {
      if (this.ready && this.ready.call === call && state !== 'connected') this.ready = null;
    });
    call.connect();
  }

  /** Hangs up; open() may be called again. */
  close(): void {
    this.opening += 1;
    if (this.call) this.call.close();
    if (this.ready) this.ready.call.close();
    this.ready = null;
    this.forget('idle');
  }

  track(kind: Kind): MediaStreamTrack | null {
    return this.tracks[kind];
  }

  /** Whether it is being sent: there is a track and it is not muted. */
  sending(kind: Kind): boolean {
    return this.tracks[kind] !== null && this.wanted[kind];
  }

  setTrack(kind: Kind, track: MediaStreamTrack | null): void {
    this.tracks[kind] = track;
    if (track) track.enabled = this.wanted[kind];
    if (this.call) void this.call.setTrack(kind, this.held(kind)).then(() => this.tell());
    this.changed();
  }

  setWanted(kind: Kind, wanted: boolean): void {
    this.wanted[kind] = wanted;
    const track = this.tracks[kind];
    if (track) track.enabled = wanted;
    this.tell();
    this.changed();
  }

  setRung(rung: Rung, cause: RungCause): void {
    this.rung = rung;
    if (!this.call) return;
    this.call.setRung(rung, cause);
    void this.call.setTrack('video', this.held('video')).then(() => this.tell());
    void this.call.limitVideo(rung === 'small' ? SMALL_KBPS : null, rung === 'small' ? 2 : 1)
      .catch(() => undefined);
    this.changed();
  }

  private async connect(opening: number): Promise<void> {
    this.state = this.talked ? 'rejoining' : 'joining';
    this.changed();
    let ticket: JoinView;
    try {
      ticket = await this.join(this.lost);
    } catch (error) {
      if (opening !== this.opening) return;
      this.fault = asFault(error);
      if (this.fault.passing) await this.again(opening);
      else this.forget('over');
      return;
    }
    if (opening !== this.opening) return;
    this.fault = null;
    const held = (['audio', 'video'] as Kind[]).map((kind) => this.held(kind))
      .filter((track): track is MediaStreamTrack => track !== null);
    const { ready } = this;
    this.ready = null;
    const prepared = ready && ready.url === ticket.media_url ? ready.call : null;
    if (ready && !prepared) ready.call.close();
    const call = prepared || new CallConnection({
      mediaUrl: ticket.media_url,
      ticket: ticket.ticket,
      stream: held.length ? new MediaStream(held) : null,
    });
    this.call = window.__call = call;
    this.lost = ticket.media_url;
    const present = (): boolean => this.call === call;
    call.on('participants', (others) => {
      if (!present()) return;
      if (others.length > this.others.length) this.calm();
      this.others = others;
      if (others.length) this.talked = true;
      this.changed();
    });
    call.on('quality', (quality) => { if (present()) this.hear(quality); });
    call.on('state', ({ state: next, reason }) => {
      if (!present()) return;
      if (next === 'connected') this.settle();
      else if (next === 'lost') void this.again(opening);
      else if (next === 'ended') this.forget(reason === 'replaced' ? 'replaced' : 'over');
    });
    if (prepared) {
      for (const track of held) void prepared.setTrack(track.kind as Kind, track);
      prepared.enter(ticket.ticket);
    } else {
      call.connect();
    }
  }

  private settle(): void {
    this.state = 'connected';
    this.tried = 0;
    // A track may have come or been muted while the connection was being made.
    for (const kind of ['audio', 'video'] as Kind[]) {
      if (this.call) void this.call.setTrack(kind, this.held(kind)).then(() => this.tell());
    }
    if (this.rung !== 'video') this.setRung(this.rung, 'network');
    this.calm();
    this.changed();
  }

  /** A sharp picture costs most just when somebody comes in and others need theirs: it waits for calm. */
  private calm(): void {
    const { call } = this;
    window.clearTimeout(this.sharpening);
    this.sharpening = window.setTimeout(() => {
      if (this.call === call && this.state === 'connected' && this.rung === 'video') sharpen(this.held('video'));
    }, SHARP_MS);
  }

  private async again(opening: number): Promise<void> {
    this.call = null;
    this.others = [];
    this.quality = null;
    this.state = this.talked ? 'rejoining' : 'joining';
    this.tried += 1;
    this.changed();
    await pause(rejoinPause(this.tried));
    if (opening === this.opening) await this.connect(opening);
  }

  private hear(quality: Quality): void {
    this.quality = quality;
    const next = this.ladder.hear(quality);
    if (next) this.setRung(next, 'network');
    this.changed();
  }

  private held(kind: Kind): MediaStreamTrack | null {
    if (kind === 'video' && this.rung !== 'video' && this.rung !== 'small') return null;
    return this.tracks[kind];
  }

  private tell(): void {
    if (!this.call) return;
    this.call.setMedia({
      audio: this.sending('audio'),
      video: this.sending('video') && this.held('video') !== null,
    });
  }

  private forget(state: LineState): void {
    this.call = null;
    this.others = [];
    this.quality = null;
    this.ladder = new Ladder();
    this.rung = 'video';
    this.state = state;
    this.changed();
  }
}
