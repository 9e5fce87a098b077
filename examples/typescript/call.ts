// The call of a report in a browser: one's own picture and sound, and up to three others'.
// The messages are those of webrtc/protocol.asyncapi.json, their order that of webrtc/PROTOCOL.md.

import type { components } from './api';

type Join = components['schemas']['JoinView'];

interface Message {
  type: string;
  [member: string]: unknown;
}

/** A place in which the server shows one other participant, or nobody. */
export interface Slot {
  readonly stream: MediaStream;
  participant: string | null;
}

const PING_MS = 2_000;

/** One connection. When it ends with `media_lost` or `shutdown`, ask for another ticket and connect again. */
export class Call {
  readonly slots: Slot[] = [];
  /** Told when somebody else is in a slot, and when somebody's media or connection changes. */
  changed: () => void = () => undefined;
  /** Told once: the reason of `end`, the code of `error`, or `socket_lost`. */
  ended: (reason: string) => void = () => undefined;

  private peer: RTCPeerConnection | null = null;
  private pings = 0;
  private over = false;

  private constructor(private readonly socket: WebSocket) {}

  /** `join` is the answer of `POST …/join`, `own` what this participant sends, perhaps without tracks. */
  static connect(join: Join, own: MediaStream): Promise<Call> {
    const socket = new WebSocket(join.media_url);
    const call = new Call(socket);
    return new Promise((resolve, reject) => {
      const finish = (reason: string): void => {
        reject(new Error(reason));
        call.finish(reason);
      };
      socket.onopen = () => call.send({ type: 'hello', protocol: 1, ticket: join.ticket });
      socket.onclose = () => finish('socket_lost');
      socket.onmessage = (event) => {
        const message = JSON.parse(String(event.data)) as Message;
        switch (message.type) {
          case 'welcome':
            call.offer(message, own).catch((error: unknown) => finish(String(error)));
            break;
          case 'answer':
            call.peer
              ?.setRemoteDescription({ type: 'answer', sdp: String(message['sdp']) })
              .catch((error: unknown) => finish(String(error)));
            break;
          case 'connected':
            call.pings = window.setInterval(() => call.send({ type: 'ping', at: Date.now() }), PING_MS);
            resolve(call);
            break;
          case 'slot':
            call.show(message['slot'] as number, message['participant'] as string | null);
            break;
          case 'participant':
          case 'media':
          case 'rung':
            call.changed();
            break;
          case 'error':
            finish(String(message['code']));
            break;
          case 'end':
            finish(String(message['reason']));
            break;
          default: // quality and pong, and what later versions add
        }
      };
    });
  }

  /** Leave on purpose. */
  leave(): void {
    this.send({ type: 'bye' });
    this.finish('bye');
  }

  private async offer(welcome: Message, own: MediaStream): Promise<void> {
    const peer = new RTCPeerConnection({
      iceServers: welcome['ice_servers'] as RTCIceServer[],
      bundlePolicy: 'max-bundle',
    });
    this.peer = peer;
    peer.onicecandidate = ({ candidate }) => {
      if (candidate) this.send({ type: 'candidate', candidate: candidate.candidate, sdpMid: candidate.sdpMid });
    };
    const kinds = ['audio', 'video'] as const;
    const tracks = kinds.map((kind) => own.getTracks().find((track) => track.kind === kind));
    kinds.forEach((kind, at) => {
      peer.addTransceiver(tracks[at] ?? kind, { direction: 'sendonly', streams: [own] });
    });
    for (let slot = 0; slot < Number(welcome['slots']); slot++) {
      const receivers = kinds.map((kind) => peer.addTransceiver(kind, { direction: 'recvonly' }).receiver);
      const stream = new MediaStream(receivers.map((receiver) => receiver.track));
      this.slots.push({ stream, participant: null });
    }
    await peer.setLocalDescription(await peer.createOffer());
    this.send({ type: 'offer', sdp: peer.localDescription?.sdp });
    this.send({ type: 'media', audio: Boolean(tracks[0]), video: Boolean(tracks[1]) });
  }

  private show(slot: number, participant: string | null): void {
    const place = this.slots[slot];
    if (place) place.participant = participant;
    this.changed();
  }

  private send(message: Message): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private finish(reason: string): void {
    if (this.over) return;
    this.over = true;
    window.clearInterval(this.pings);
    this.peer?.close();
    this.socket.close();
    this.ended(reason);
  }
}
