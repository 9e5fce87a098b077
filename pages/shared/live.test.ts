import { expect, it, vi } from 'vitest';
import { comeback, Live } from './live';

const least = (): number => 0;
const most = (): number => 1;

it('brings a desk back within two seconds of the server, for a quarter of a minute', () => {
  let waited = 0;
  for (let tried = 1; tried < 12; tried++) {
    expect(comeback(1006, tried, true, most)).toBeLessThanOrEqual(2000);
    waited += comeback(1006, tried, true, most);
  }
  expect(waited).toBeGreaterThan(15000);
  expect(comeback(1006, 12, true, most)).toBe(2000);
  expect(comeback(1006, 99, true, most)).toBe(15000);
});
it('waits longer each time as a caller', () => {
  expect(comeback(1006, 1, false, most)).toBe(500);
  expect(comeback(1006, 6, false, most)).toBe(15000);
});
it('comes later when it is told to, and not with all others at once', () => {
  expect(comeback(1013, 1, true, least)).toBe(5000);
  expect(comeback(1013, 1, true, most)).toBe(6000);
  expect(comeback(1012, 1, true, least)).toBe(0);
  expect(comeback(1012, 1, true, most)).toBe(2000);
  expect(comeback(1006, 3, true, least)).toBe(comeback(1006, 3, true, most) / 2);
});

it('a desk says within five seconds that nothing comes any more, and that it is back', () => {
  vi.useFakeTimers();
  class Socket {
    static all: Socket[] = [];
    readyState = 1;
    onmessage: ((event: { data: string }) => void) | null = null;
    sent: Array<{ type: string; at: number }> = [];
    constructor() { Socket.all.push(this); }
    send(text: string): void { this.sent.push(JSON.parse(text)); }
    say(message: unknown): void { this.onmessage!({ data: JSON.stringify(message) }); }
    close(): void {}
  }
  const heard: Record<string, () => void> = {};
  vi.stubGlobal('WebSocket', Socket);
  vi.stubGlobal('location', { origin: 'http://desk' });
  vi.stubGlobal('window', {
    setInterval, clearInterval, setTimeout, clearTimeout, removeEventListener() {},
    addEventListener(name: string, fn: () => void) { heard[name] = fn; },
  });
  vi.stubGlobal('document', { addEventListener() {}, removeEventListener() {} });
  const live = new Live('/live');
  const states: string[] = [];
  live.on('state', (state) => states.push(state));
  live.open();
  const [socket] = Socket.all;
  socket.say({ type: 'snapshot', incidents: [] });
  const answer = (): void => {
    for (const { at } of socket.sent.splice(0)) socket.say({ type: 'pong', at, server_at: at });
  };
  for (let beat = 0; beat < 40; beat++) {
    vi.advanceTimersByTime(500);
    answer();
  }
  expect(states).toEqual(['connecting', 'live']);
  const last = Date.now();
  vi.advanceTimersByTime(5000);
  expect(states).toEqual(['connecting', 'live', 'lost']);
  expect(live.since).toBeLessThanOrEqual(last);
  // A frozen server that goes on: the socket is the same, nothing was missed.
  answer();
  expect([states.slice(3), Socket.all.length]).toEqual([['live'], 1]);
  // The device knows at once that its network is gone.
  heard.offline();
  expect(states.slice(4)).toEqual(['lost']);
  // One that stays silent is given up for another, and only a whole picture ends that.
  vi.advanceTimersByTime(16_000);
  expect(Socket.all.length).toBeGreaterThan(1);
  expect(states.slice(4)).toEqual(['lost']);
  Socket.all[Socket.all.length - 1].say({ type: 'snapshot', incidents: [] });
  expect(states.slice(4)).toEqual(['lost', 'live']);
  live.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('hands on a snapshot that came in parts as one, and nothing before it is whole', () => {
  class Socket {
    static last: Socket;
    onmessage: ((event: { data: string }) => void) | null = null;
    constructor() { Socket.last = this; }
    close(): void {}
  }
  vi.stubGlobal('WebSocket', Socket);
  vi.stubGlobal('location', { origin: 'http://desk' });
  vi.stubGlobal('window', { setInterval: () => 0, clearInterval() {}, clearTimeout() {}, addEventListener() {}, removeEventListener() {} });
  vi.stubGlobal('document', { addEventListener() {}, removeEventListener() {} });
  const live = new Live('/live');
  const heard: string[][] = [];
  live.on('message', (message) => heard.push(message.type === 'snapshot' ? message.incidents.map((one) => one.id) : [message.type]));
  live.open();
  const say = (message: unknown): void => Socket.last.onmessage!({ data: JSON.stringify(message) });
  say({ type: 'snapshot', incidents: [{ id: 'a' }], more: true });
  say({ type: 'part', incidents: [{ id: 'b' }], more: true });
  expect([heard, live.state]).toEqual([[], 'connecting']);
  say({ type: 'part', incidents: [{ id: 'c' }], more: false });
  say({ type: 'gone', id: 'a' });
  expect([heard, live.state]).toEqual([[['a', 'b', 'c'], ['gone']], 'live']);
  live.close();
  vi.unstubAllGlobals();
});
