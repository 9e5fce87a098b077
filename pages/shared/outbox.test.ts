import { expect, it, vi } from 'vitest';
import type { Api } from './api';
import { Fault } from './fault';
import { Outbox } from './outbox';
import type { EntryView } from './types';

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

function outbox(post: (path: string, body: { key: string; text: string }) => Promise<unknown>): Outbox {
  return new Outbox({ post } as unknown as Api, '/my', () => undefined);
}

it('sends in order, one at a time, and waits to be seen in the log', async () => {
  const sent: string[] = [];
  const box = outbox(async (_, { text }) => { sent.push(text); });
  box.text('one');
  box.text('  ');
  box.text('two');
  await settle();
  expect(sent).toEqual(['one', 'two']);
  expect(box.items.map((item) => item.state)).toEqual(['sent', 'sent']);
  box.settle([{ data: { key: box.items[0].key } } as unknown as EntryView]);
  expect(box.items.map((item) => item.text)).toEqual(['two']);
});

it('repeats with the same key when nobody answered', async () => {
  vi.useFakeTimers();
  const keys: string[] = [];
  const box = outbox(async (_, { key }) => {
    keys.push(key);
    if (keys.length < 3) throw new Fault({ code: 'network' }, true);
  });
  box.text('help');
  await vi.advanceTimersByTimeAsync(5000);
  vi.useRealTimers();
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
  expect(box.items[0].state).toBe('sent');
});

it('lets a text overtake files, and keeps each in order', async () => {
  vi.useFakeTimers();
  URL.createObjectURL = () => 'blob:one';
  const went: string[] = [];
  let fails = 2;
  const api = {
    post: async (_: string, { text }: { text: string }) => { went.push(text); },
    upload: async (_: string, blob: Blob) => {
      if (fails-- > 0) throw new Fault({ code: 'busy', status: 503 });
      went.push(blob.type);
      return { file: 'one' };
    },
  };
  const box = new Outbox(api as unknown as Api, '/my', () => undefined);
  box.file('picture', new Blob(['x'], { type: 'first' }));
  box.file('voice', new Blob(['x'], { type: 'second' }));
  box.text('one');
  box.text('two');
  await vi.advanceTimersByTimeAsync(0);
  expect(went).toEqual(['one', 'two']);
  expect(box.items.map((item) => item.state)).toEqual(['sending', 'waiting', 'sent', 'sent']);
  await vi.advanceTimersByTimeAsync(5000);
  vi.useRealTimers();
  expect(went).toEqual(['one', 'two', 'first', 'second']);
});

it('stops at a refusal and can be told to try again', async () => {
  let refuse = true;
  const box = outbox(async () => { if (refuse) throw new Fault({ code: 'invalid', status: 422 }); });
  box.text('help');
  await settle();
  expect(box.items[0].state).toBe('failed');
  refuse = false;
  box.retry(box.items[0].key);
  await settle();
  expect(box.items[0].state).toBe('sent');
});
