import { beforeEach, expect, it, vi } from 'vitest';
import { CallConnection, type StateChange } from './call';

class FakeSocket {
  static last: FakeSocket;
  readyState = 1;
  onopen = (): void => {};
  onclose = (): void => {};
  onmessage = (_: { data: string }): void => {};
  constructor(readonly url: string) { FakeSocket.last = this; }
  send(): void {}
  close(): void { this.readyState = 3; }
}

beforeEach(() => { vi.stubGlobal('window', globalThis); });

/** What becomes of a connection that hears this. */
function after(message: object): StateChange {
  const told: StateChange[] = [];
  const call = new CallConnection({
    mediaUrl: 'ws://x/rtc', ticket: 't', stream: null,
    WebSocketCtor: FakeSocket as unknown as typeof WebSocket,
  });
  call.on('state', (change) => told.push(change));
  call.connect();
  FakeSocket.last.onmessage({ data: JSON.stringify(message) });
  FakeSocket.last.onclose();
  expect(told).toHaveLength(1);
  return told[0]!;
}

it.each(['closed', 'removed', 'replaced', 'bye'])('does not come back after %s', (reason) => {
  expect(after({ type: 'end', reason })).toEqual({ state: 'ended', reason });
});
it.each(['media_lost', 'shutdown'])('comes back after %s', (reason) => {
  expect(after({ type: 'end', reason })).toEqual({ state: 'lost', reason });
});
it('asks for another ticket when one was refused', () => {
  expect(after({ type: 'error', code: 'ticket_bad' }).state).toBe('lost');
});
