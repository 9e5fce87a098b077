// Participants as bench/media.py orders them: each sends one clip in a loop and receives the others.
// Orders come as JSON lines on stdin, figures go as JSON lines to stdout.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import nd from 'node-datachannel';
import WebSocket from 'ws';

const { PeerConnection, Audio, Video } = nd;
const clip = JSON.parse(readFileSync(process.argv[2], 'utf8'));
for (const frame of clip.video) frame.packets = frame.packets.map((one) => Buffer.from(one, 'base64'));
clip.audio = clip.audio.map((one) => Buffer.from(one, 'base64'));
const people = [];
const delays = [];
const say = (figures) => process.stdout.write(JSON.stringify(figures) + '\n');

function header(type, marker, sequence, timestamp, ssrc, payload) {
  const packet = Buffer.allocUnsafe(12 + payload.length);
  packet[0] = 0x80;
  packet[1] = (marker ? 0x80 : 0) | type;
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE(timestamp >>> 0, 4);
  packet.writeUInt32BE(ssrc, 8);
  payload.copy(packet, 12);
  return packet;
}

class Person {
  constructor({ url, ticket, seed }) {
    this.seed = seed;
    this.received = 0;
    this.videoAt = new Set();
    this.sequence = [0, 0];
    this.frame = 0;
    this.count = 0;
    this.slots = 0;
    this.socket = new WebSocket(url);
    this.socket.on('open', () => this.say({ type: 'hello', protocol: 1, ticket }));
    this.socket.on('message', (data) => this.heard(JSON.parse(String(data))));
    this.socket.on('error', (error) => say({ error: String(error) }));
  }

  say(message) { this.socket.send(JSON.stringify(message)); }

  heard(message) {
    if (message.type === 'welcome') this.offer(message.slots);
    if (message.type === 'answer') this.pc.setRemoteDescription(message.sdp, 'answer');
    if (message.type === 'slot' && message.participant) this.slots += 1;
    if (message.type === 'connected') { this.connectedAt = performance.now(); this.start(); }
    if (message.type === 'error' || message.type === 'end') say({ ended: message });
  }

  offer(slots) {
    const pc = this.pc = new PeerConnection(`p${this.seed}`, { iceServers: [], bindAddress: '127.0.0.1' });
    const [audioSsrc, videoSsrc] = this.ssrcs = [this.seed * 4 + 1, this.seed * 4 + 2];
    const audio = new Audio('0', 'SendOnly');
    audio.addOpusCodec(111);
    audio.addSSRC(audioSsrc, 'load', 'stream', 'audio');
    const video = new Video('1', 'SendOnly');
    video.addVP8Codec(96);
    video.addSSRC(videoSsrc, 'load', 'stream', 'video');
    this.tracks = [pc.addTrack(audio), pc.addTrack(video)];
    this.tracks[1].onMessage((packet) => {
      if (packet[1] === 206) this.frame = 0;
    });
    this.tracks[0].onMessage(() => {});
    this.receivers = [];
    for (let at = 0; at < slots; at++) {
      for (const kind of ['audio', 'video']) {
        const mid = String(2 + 2 * at + (kind === 'video' ? 1 : 0));
        const media = kind === 'audio' ? new Audio(mid, 'RecvOnly') : new Video(mid, 'RecvOnly');
        if (kind === 'audio') media.addOpusCodec(111);
        else media.addVP8Codec(96);
        const track = pc.addTrack(media);
        track.onMessage((packet) => this.packet(mid, kind, packet));
        this.receivers.push(track);
      }
    }
    let sent = false;
    pc.onGatheringStateChange((state) => {
      if (state !== 'complete' || sent) return;
      sent = true;
      this.offeredAt = performance.now();
      this.say({ type: 'offer', sdp: pc.localDescription().sdp });
      this.say({ type: 'media', audio: true, video: true });
    });
    pc.setLocalDescription('offer');
  }

  packet(mid, kind, packet) {
    if (packet[1] >= 192 && packet[1] < 224) return;
    this.received += 1;
    if (kind !== 'video') return;
    // The first eight bytes after the last payload byte's place are the time it was sent.
    if (!this.videoAt.has(mid)) {
      this.videoAt.add(mid);
      if (this.videoAt.size === 1) this.firstFrame = performance.now() - this.offeredAt;
    }
    const sent = packet.readDoubleBE(packet.length - 8);
    const delay = performance.now() - sent;
    if (measuring && delay >= 0 && delay < 5000) delays.push(delay);
  }

  start() { this.began = performance.now(); }

  // Everything that is due now.
  send(now) {
    if (this.began === undefined || !this.tracks[1].isOpen()) return;
    const elapsed = now - this.began;
    while (this.sequence[0] * 20 < elapsed) {
      const payload = clip.audio[this.sequence[0] % clip.audio.length];
      this.tracks[0].sendMessageBinary(
        header(111, false, this.sequence[0], this.sequence[0] * 960, this.ssrcs[0], payload));
      this.sequence[0] += 1;
      sentPackets += 1;
    }
    while (this.count * 1000 / 30 < elapsed) {
      const { packets } = clip.video[this.frame];
      packets.forEach((payload, at) => {
        const packet = header(96, at === packets.length - 1, this.sequence[1], this.count * 3000, this.ssrcs[1], payload);
        if (stamping) packet.writeDoubleBE(performance.now(), packet.length - 8);
        this.tracks[1].sendMessageBinary(packet);
        this.sequence[1] += 1;
        sentPackets += 1;
      });
      this.frame = (this.frame + 1) % clip.video.length;
      this.count += 1;
    }
  }

  close() { this.say({ type: 'bye' }); this.socket.close(); if (this.pc) this.pc.close(); }
}

let measuring = false;
let sentPackets = 0;
const stamping = process.argv[3] === 'stamp';
setInterval(() => {
  const now = performance.now();
  for (const person of people) person.send(now);
}, 4);

const orders = {
  join: ({ people: list }) => { for (const one of list) people.push(new Person(one)); },
  begin: () => { delays.length = 0; measuring = true; sentPackets = 0; for (const one of people) one.received = 0; say({ begun: true }); },
  end: () => {
    measuring = false;
    delays.sort((a, b) => a - b);
    const at = (share) => delays.length ? delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] : null;
    say({
      sent: sentPackets,
      received: people.reduce((sum, one) => sum + one.received, 0),
      connected: people.filter((one) => one.connectedAt !== undefined).length,
      p50: at(0.5), p99: at(0.99),
      firstFrames: people.filter((one) => one.firstFrame !== undefined).map((one) => one.firstFrame),
    });
  },
  leave: () => { for (const one of people.splice(0)) one.close(); say({ left: true }); },
  quit: () => process.exit(0),
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const order = JSON.parse(line);
  orders[order.do](order);
});
say({ ready: true });
