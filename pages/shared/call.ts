/*
 * One participant's connection to a call: the browser side of webrtc/PROTOCOL.md.
 *
 *   const call = new CallConnection({ mediaUrl, ticket, stream });    // answer of POST …/join
 *   call.on('state', ({ state, reason }) => …);        // connecting | connected | lost | ended
 *   call.on('participants', (others) => …);            // everybody else, each with a MediaStream
 *   call.on('error', ({ code, title_zh }) => …);       // a refusal of the server, before 'state'
 *   call.connect();
 *
 * With a standby ticket the connection is made, but nothing is seen or heard before enter(ticket).
 *
 * A connection is used once. 'lost' means: ask the REST API for a new ticket and make a new
 * CallConnection; the others keep the place. 'ended' means: do not come back. Both are final, and
 * the tracks of `stream` go on living: they belong to the page.
 *
 * `stream` may be null or lack a kind; setTrack() attaches a camera or microphone at any time, swaps
 * or removes it, without renegotiating. setMedia() mutes and unmutes and tells the others.
 * A participant's `stream` is stable while it keeps its slot: set video.srcObject only when it changes.
 */

export type CallState = 'connecting' | 'connected' | 'lost' | 'ended';
export type Kind = 'audio' | 'video';
export type Rung = 'video' | 'small' | 'audio' | 'stills' | 'text';
export type RungCause = 'user' | 'network' | 'device';

/** What the server receives from a publisher: kbit/s, share of packets lost, round trip in ms. */
export interface Quality { kbps: number; loss: number; rtt_ms: number; video: boolean; audio: boolean }

/** Somebody else in the call. `stream` is null until the server gives the participant a slot. */
export interface RemoteParticipant {
  participant: string;
  role: string;
  name: string;
  stream: MediaStream | null;
  audio: boolean;
  video: boolean;
  rung: Rung;
  quality: Quality | null;
}

export interface StateChange { state: CallState; reason: string }
export interface CallFault { code: string; title_zh: string; title_en: string; detail: string }

/** Counters since the connection began, for one remote participant. */
export interface RemoteStats {
  participant: string;
  framesDecoded: number;
  frameWidth: number;
  frameHeight: number;
  freezes: number;
  videoPackets: number;
  audioPackets: number;
  audioEnergy: number;
}

export interface CallOptions {
  mediaUrl: string;
  ticket: string;
  stream: MediaStream | null;
  WebSocketCtor?: typeof WebSocket;
}

interface Events {
  state: StateChange;
  participants: RemoteParticipant[];
  error: CallFault;
  /** what the server receives from this page itself, every 2 s */
  quality: Quality;
}
interface Slot { stream: MediaStream; receivers: RTCRtpReceiver[]; participant: string | null }
interface Message { type: string; [member: string]: unknown }

const SLOTS = 3;
const PING_MS = 2000;
const SILENCE_MS = 5000;
const DISCONNECTED_MS = 2000;
/** A new ticket cannot help against these. */
const FINAL_FAULTS = ['protocol', 'sdp_bad', 'room_full', 'room_ended', 'origin_refused'];
/** The server does not want this page back, or another one has its place. */
const FINAL_REASONS = ['closed', 'removed', 'replaced', 'bye'];

export class CallConnection {
  state: CallState = 'connecting';
  /** The id of this page's own participant, known once the server has welcomed it. */
  participant = '';

  private readonly options: CallOptions;
  private readonly listeners: { [E in keyof Events]: Array<(value: Events[E]) => void> } =
    { state: [], participants: [], error: [], quality: [] };
  private readonly others = new Map<string, RemoteParticipant>();
  private readonly slots: Slot[] = [];
  private readonly tracks: { [K in Kind]: MediaStreamTrack | null };
  private readonly media: { [K in Kind]: boolean };
  private readonly senders: { [K in Kind]?: RTCRtpSender } = {};
  private early: Message[] = [];
  private entering: string | null = null;
  private offered = false;
  private prepared: Promise<RTCSessionDescriptionInit> | null = null;
  private heardAt = 0;
  private pinger = 0;
  private patience = 0;
  private socket: WebSocket | null = null;
  private pc: RTCPeerConnection | null = null;

  constructor(options: CallOptions) {
    this.options = options;
    const { stream } = options;
    this.tracks = {
      audio: (stream && stream.getAudioTracks()[0]) || null,
      video: (stream && stream.getVideoTracks()[0]) || null,
    };
    this.media = { audio: this.tracks.audio !== null, video: this.tracks.video !== null };
  }

  /** Calls `fn` at each event; the returned function stops that. */
  on<E extends keyof Events>(event: E, fn: (value: Events[E]) => void): () => void {
    const list = this.listeners[event];
    list.push(fn);
    return () => { list.splice(list.indexOf(fn), 1); };
  }

  /** Begins. Returns at once; what becomes of it is told by 'state'. */
  connect(): void {
    if (this.socket) return;
    const Socket = this.options.WebSocketCtor || WebSocket;
    const socket = new Socket(this.options.mediaUrl);
    this.socket = socket;
    // The offer does not depend on the server: it is ready when the server says welcome.
    this.prepared = this.prepare();
    this.prepared.catch((error) => this.finish('lost', String(error)));
    socket.onopen = () => this.send({ type: 'hello', protocol: 1, ticket: this.options.ticket });
    socket.onmessage = (event) => this.receive(String(event.data));
    socket.onclose = () => this.finish('lost', 'socket_lost');
    this.heardAt = Date.now();
    this.pinger = window.setInterval(() => this.ping(), PING_MS);
  }

  /** On a connection that stands by: come in, now or as soon as it is there. */
  enter(ticket: string): void {
    if (this.participant) this.send({ type: 'enter', ticket });
    else this.entering = ticket;
  }

  /** Leaves on purpose; the state becomes 'ended' with reason 'bye'. */
  close(): void {
    this.send({ type: 'bye' });
    this.finish('ended', 'bye');
  }

  /** Attaches, swaps or (null) removes the camera or microphone. */
  async setTrack(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    this.tracks[kind] = track;
    const sender = this.senders[kind];
    if (sender) await sender.replaceTrack(track);
    this.setMedia({ [kind]: track !== null });
  }

  /** Mutes or unmutes what is attached, and tells the others. */
  setMedia(change: { audio?: boolean; video?: boolean }): void {
    for (const kind of ['audio', 'video'] as Kind[]) {
      const wanted = change[kind];
      if (wanted === undefined) continue;
      const track = this.tracks[kind];
      if (track) track.enabled = wanted;
      this.media[kind] = wanted && track !== null;
    }
    if (this.participant) this.send({ type: 'media', ...this.media });
  }

  /** Tells the server and the others which step of the ladder this participant is on now. */
  setRung(rung: Rung, cause: RungCause): void {
    this.send({ type: 'rung', rung, cause });
  }

  /** Limits the own picture: at most `kbps` (null: no limit), sides divided by `scaleDown` (≥ 1). */
  async limitVideo(kbps: number | null, scaleDown = 1): Promise<void> {
    const sender = this.senders.video;
    if (!sender) return;
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings || []) {
      if (kbps === null) delete encoding.maxBitrate;
      else encoding.maxBitrate = kbps * 1000;
      encoding.scaleResolutionDownBy = scaleDown;
    }
    await sender.setParameters(parameters);
  }

  /** The picture of that participant is stuck: ask for a whole one. */
  requestKeyframe(participant: string): void {
    this.send({ type: 'keyframe', participant });
  }

  /** Everybody else who is connected now. */
  participants(): RemoteParticipant[] {
    return Array.from(this.others.values());
  }

  /** Counters of everybody who has a slot now. */
  async stats(): Promise<RemoteStats[]> {
    const all: RemoteStats[] = [];
    for (const slot of this.slots) {
      if (slot.participant === null) continue;
      const one: RemoteStats = {
        participant: slot.participant, framesDecoded: 0, frameWidth: 0, frameHeight: 0,
        freezes: 0, videoPackets: 0, audioPackets: 0, audioEnergy: 0,
      };
      for (const receiver of slot.receivers) {
        (await receiver.getStats()).forEach((stat) => {
          if (stat.type !== 'inbound-rtp') return;
          if (stat.kind === 'video') {
            one.framesDecoded = stat.framesDecoded || 0;
            one.frameWidth = stat.frameWidth || 0;
            one.frameHeight = stat.frameHeight || 0;
            one.freezes = stat.freezeCount || 0;
            one.videoPackets = stat.packetsReceived || 0;
          } else {
            one.audioPackets = stat.packetsReceived || 0;
            one.audioEnergy = stat.totalAudioEnergy || 0;
          }
        });
      }
      all.push(one);
    }
    return all;
  }

  private receive(text: string): void {
    this.heardAt = Date.now();
    const message = JSON.parse(text) as Message;
    const other = this.others.get(String(message.participant));
    switch (message.type) {
      case 'welcome':
        this.participant = String(message.participant);
        if (this.entering) this.send({ type: 'enter', ticket: this.entering });
        for (const one of message.participants as RemoteParticipant[]) this.meet(one);
        this.emit('participants', this.participants());
        this.offer(message.ice_servers as RTCIceServer[])
          .catch((error) => this.finish('lost', String(error)));
        break;
      case 'answer':
        this.accept(message).catch((error) => this.finish('lost', String(error)));
        break;
      case 'connected':
        this.become('connected', '');
        break;
      case 'participant':
        if (message.state === 'joined') this.meet(message as unknown as RemoteParticipant);
        else this.others.delete(String(message.participant));
        this.emit('participants', this.participants());
        break;
      case 'slot':
        this.place(Number(message.slot), message.participant as string | null);
        break;
      case 'media':
        if (other) Object.assign(other, { audio: message.audio, video: message.video });
        this.emit('participants', this.participants());
        break;
      case 'rung':
        if (other) other.rung = message.rung as Rung;
        this.emit('participants', this.participants());
        break;
      case 'quality': {
        const { kbps, loss, rtt_ms, video, audio } = message as unknown as Quality;
        const quality = { kbps, loss, rtt_ms, video, audio };
        if (message.participant === this.participant) this.emit('quality', quality);
        if (!other) break;
        other.quality = quality;
        this.emit('participants', this.participants());
        break;
      }
      case 'error': {
        const fault = message as unknown as CallFault;
        this.emit('error', fault);
        this.finish(FINAL_FAULTS.indexOf(fault.code) >= 0 ? 'ended' : 'lost', fault.code);
        break;
      }
      case 'end': {
        const reason = String(message.reason);
        this.finish(FINAL_REASONS.indexOf(reason) >= 0 ? 'ended' : 'lost', reason);
        break;
      }
    }
  }

  private meet(one: RemoteParticipant): void {
    const slot = this.slots.find((each) => each.participant === one.participant);
    const { participant, role, name, audio, video, rung } = one;
    const stream = slot ? slot.stream : null;
    this.others.set(participant, {
      participant, role, name, stream, audio, video, rung, quality: null,
    });
  }

  private place(index: number, participant: string | null): void {
    const slot = this.slots[index];
    if (!slot) return;
    const before = this.others.get(String(slot.participant));
    if (before && before.stream === slot.stream) before.stream = null;
    slot.participant = participant;
    const other = this.others.get(String(participant));
    if (other) other.stream = slot.stream;
    this.emit('participants', this.participants());
  }

  private async prepare(): Promise<RTCSessionDescriptionInit> {
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    this.pc = pc;
    pc.onconnectionstatechange = () => this.watch(pc);
    pc.onicecandidate = ({ candidate }) => {
      if (!candidate) return;
      const { sdpMid, sdpMLineIndex } = candidate;
      const message = { type: 'candidate', candidate: candidate.candidate, sdpMid, sdpMLineIndex };
      if (this.offered) this.send(message);
      else this.early.push(message);
    };
    const streams = this.options.stream ? [this.options.stream] : [];
    for (const kind of ['audio', 'video'] as Kind[]) {
      const init: RTCRtpTransceiverInit = { direction: 'sendonly', streams };
      this.senders[kind] = pc.addTransceiver(this.tracks[kind] || kind, init).sender;
    }
    for (let index = 0; index < SLOTS; index++) {
      const receivers = (['audio', 'video'] as Kind[])
        .map((kind) => pc.addTransceiver(kind, { direction: 'recvonly' }).receiver);
      const stream = new MediaStream(receivers.map((receiver) => receiver.track));
      this.slots.push({ stream, receivers, participant: null });
    }
    return pc.createOffer();
  }

  private async offer(iceServers: RTCIceServer[]): Promise<void> {
    const description = await this.prepared;
    const pc = this.pc;
    if (!pc || !description) return;
    pc.setConfiguration({ iceServers, bundlePolicy: 'max-bundle' });
    await pc.setLocalDescription(description);
    // Candidates trickle: the server is found by our own checks and need not wait for them.
    this.send({ type: 'offer', sdp: pc.localDescription ? pc.localDescription.sdp : '' });
    this.offered = true;
    this.early.forEach((message) => this.send(message));
    this.early = [];
    this.send({ type: 'media', ...this.media });
  }

  private async accept(message: Message): Promise<void> {
    if (this.pc) await this.pc.setRemoteDescription({ type: 'answer', sdp: String(message.sdp) });
  }

  /** A connection that stays disconnected is given up early: a new one is up within a second. */
  private watch(pc: RTCPeerConnection): void {
    window.clearTimeout(this.patience);
    if (pc.connectionState === 'failed') this.finish('lost', 'media_lost');
    if (pc.connectionState !== 'disconnected') return;
    this.patience = window.setTimeout(() => this.finish('lost', 'media_lost'), DISCONNECTED_MS);
  }

  private ping(): void {
    if (Date.now() - this.heardAt > SILENCE_MS) this.finish('lost', 'socket_lost');
    else this.send({ type: 'ping', at: Date.now() });
  }

  private send(message: Message): void {
    if (this.socket && this.socket.readyState === 1) this.socket.send(JSON.stringify(message));
  }

  private finish(state: 'lost' | 'ended', reason: string): void {
    if (this.state === 'lost' || this.state === 'ended') return;
    window.clearInterval(this.pinger);
    window.clearTimeout(this.patience);
    if (this.pc) this.pc.close();
    if (this.socket) this.socket.close();
    this.become(state, reason);
  }

  private become(state: CallState, reason: string): void {
    if (this.state === 'lost' || this.state === 'ended') return;
    this.state = state;
    this.emit('state', { state, reason });
  }

  private emit<E extends keyof Events>(event: E, value: Events[E]): void {
    for (const fn of this.listeners[event].slice()) fn(value);
  }
}
