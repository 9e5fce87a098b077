import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { networkFault } from './fault';
import { Line } from './line';
import type { JoinView } from './types';

interface Said { type: string; ticket?: string }

class FakeSocket {
  static all: FakeSocket[] = [];
  readyState = 1;
  readonly said: Said[] = [];
  onopen = (): void => {};
  onclose = (): void => {};
  onmessage = (_: { data: string }): void => {};
  constructor(readonly url: string) { FakeSocket.all.push(this); }
  send(text: string): void { this.said.push(JSON.parse(text)); }
  close(): void { this.readyState = 3; }
  hear(message: object): void { this.onmessage({ data: JSON.stringify(message) }); }
  tickets(type: string): Array<string | undefined> { return this.said.filter((one) => one.type === type).map((one) => one.ticket); }
}

/** Negotiates nothing; knows which tracks it was given. */
class FakePeer {
  static all: FakePeer[] = [];
  readonly sends: unknown[] = [];
  constructor() { FakePeer.all.push(this); }
  addTransceiver(): object {
    return { sender: { replaceTrack: async (track: unknown) => { this.sends.push(track); } }, receiver: { track: {} } };
  }
  async createOffer(): Promise<object> { return { type: 'offer', sdp: '' }; }
  async setLocalDescription(): Promise<void> {}
  setConfiguration(): void {}
  close(): void {}
}

const WELCOME = { type: 'welcome', participant: 'p1', participants: [], ice_servers: [] };
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

function ticket(name: string, url = 'ws://media-a/rtc'): JoinView {
  return { media_url: url, ticket: name, participant: 'p1', call: 'c1' };
}

async function prepared(join: () => Promise<JoinView>): Promise<{ line: Line; socket: FakeSocket }> {
  const line = new Line(join, () => undefined);
  await line.prepare(async () => ticket('stand by'));
  const socket = FakeSocket.all[0]!;
  socket.onopen();
  expect(socket.tickets('hello')).toEqual(['stand by']);
  return { line, socket };
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  FakePeer.all = [];
  vi.stubGlobal('window', globalThis);
  for (const name of ['addEventListener', 'removeEventListener']) vi.stubGlobal(name, () => undefined);
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('RTCPeerConnection', FakePeer);
  vi.stubGlobal('MediaStream', class { getAudioTracks = (): unknown[] => []; getVideoTracks = (): unknown[] => []; });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a line made ready while it rings', () => {
  it('is entered by the press: no second connection is made', async () => {
    const { line, socket } = await prepared(async () => ticket('come in'));
    socket.hear(WELCOME);
    socket.hear({ type: 'connected' });
    expect(line.state).toBe('idle');
    expect(socket.tickets('enter')).toEqual([]);
    const microphone = { kind: 'audio', enabled: true } as MediaStreamTrack;
    line.setTrack('audio', microphone);
    line.open();
    await settle();
    expect(socket.tickets('enter')).toEqual(['come in']);
    expect(FakeSocket.all).toHaveLength(1);
    expect(FakePeer.all[0]!.sends).toContain(microphone);
  });

  it('is entered as soon as it is there when the press came first', async () => {
    const { line, socket } = await prepared(async () => ticket('come in'));
    line.open();
    await settle();
    expect(socket.tickets('enter')).toEqual([]);
    socket.hear(WELCOME);
    socket.hear({ type: 'connected' });
    expect(socket.tickets('enter')).toEqual(['come in']);
    expect(line.state).toBe('connected');
    expect(FakeSocket.all).toHaveLength(1);
  });

  it('gives way to a whole one when the call is in another media process', async () => {
    const { line, socket } = await prepared(async () => ticket('come in', 'ws://media-b/rtc'));
    socket.hear(WELCOME);
    line.open();
    await settle();
    expect(FakeSocket.all.map((one) => one.url)).toEqual(['ws://media-a/rtc', 'ws://media-b/rtc']);
    expect([socket.readyState, socket.tickets('enter')]).toEqual([3, []]);
    FakeSocket.all[1]!.onopen();
    expect(FakeSocket.all[1]!.tickets('hello')).toEqual(['come in']);
  });

  it('gives way to a whole one when it was lost before the press', async () => {
    const { line, socket } = await prepared(async () => ticket('come in'));
    socket.hear(WELCOME);
    socket.hear({ type: 'end', reason: 'media_lost' });
    line.open();
    await settle();
    expect(FakeSocket.all).toHaveLength(2);
    expect(socket.tickets('enter')).toEqual([]);
  });

  it('is let go when nobody presses', async () => {
    const { line, socket } = await prepared(async () => ticket('come in'));
    line.close();
    expect([socket.said.map((one) => one.type).pop(), socket.readyState]).toEqual(['bye', 3]);
  });
});

describe('a line that is lost', () => {
  const OTHER = { participant: 'p2', role: 'CALLER', name: '', audio: true, video: true, rung: 'video' };

  async function opened(participants: object[]): Promise<Line> {
    const line = new Line(async () => ticket('come in'), () => undefined);
    line.open();
    await settle();
    FakeSocket.all[0]!.onopen();
    FakeSocket.all[0]!.hear({ ...WELCOME, participants });
    FakeSocket.all[0]!.hear({ type: 'connected' });
    await settle();
    expect(line.state).toBe('connected');
    FakeSocket.all[0]!.onclose();
    await settle();
    return line;
  }

  it('is a call that broke off when somebody else was in it', async () => {
    expect((await opened([OTHER])).state).toBe('rejoining');
  });
  it('is none when nobody was', async () => {
    expect((await opened([])).state).toBe('joining');
  });
  it('is none when it never came to be', async () => {
    const line = new Line(() => Promise.reject(networkFault(false)), () => undefined);
    line.open();
    await settle();
    expect(line.tried).toBe(1);
    expect(line.state).toBe('joining');
  });
  it('says which media process it lost, and tries quickly while that may be found out', async () => {
    const lost: string[] = [];
    const line = new Line(async (one) => { lost.push(one); return ticket('come in'); }, () => undefined);
    line.open();
    await settle();
    const began = Date.now();
    while (Date.now() - began < 4500) {
      FakeSocket.all.at(-1)!.onclose();
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(lost[0]).toBe('');
    expect(new Set(lost.slice(1))).toEqual(new Set(['ws://media-a/rtc']));
    expect(lost.length).toBeGreaterThan(6);
    line.close();
    line.open();
    await settle();
    expect(lost.at(-1)).toBe('');
    line.close();
  });
  it('is a new one when it is opened again', async () => {
    const line = await opened([OTHER]);
    line.close();
    line.open();
    await settle();
    FakeSocket.all.at(-1)!.onclose();
    await settle();
    expect(line.state).toBe('joining');
  });
});
