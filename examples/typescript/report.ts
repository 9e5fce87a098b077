// Reports an emergency, sends a picture and a line of text, follows what becomes of it, and asks for the call.
//
// `api.d.ts` beside this file is made from the service's own document:
//   npx openapi-typescript https://110.example.cn/api/v1/openapi.json -o api.d.ts

import type { components } from './api';

type Schemas = components['schemas'];
export type Receipt = Schemas['Receipt'];
export type CallerView = Schemas['CallerView'];

/** What the service refused: decide by `problem.code`, show `title_zh` or `title_en`, quote `request_id`. */
export class Refused extends Error {
  constructor(readonly problem: Schemas['Problem']) {
    super(`${problem.code}: ${problem.detail ?? problem.title} (request ${problem.request_id ?? '-'})`);
  }
}

/** The caller's side of one installation, like `https://110.example.cn`. */
export class Caller {
  private token = '';

  constructor(private readonly site: string) {}

  /** Report; the same key gives the same receipt, however often it is sent. */
  async report(body: Schemas['ReportIn'], key: string): Promise<Receipt> {
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key };
    const receipt = await this.ask<Receipt>('POST', '/incidents', JSON.stringify(body), headers);
    this.token = receipt.token;
    return receipt;
  }

  /** Send a picture, voice or video. What it is is read off its bytes. */
  send(file: Blob, key: string): Promise<Schemas['UploadView']> {
    const headers = { 'Content-Type': file.type || 'application/octet-stream' };
    return this.ask('POST', `/my/uploads?key=${encodeURIComponent(key)}`, file, headers);
  }

  write(body: Schemas['LineIn']): Promise<Schemas['EntryView']> {
    return this.ask('POST', '/my/messages', JSON.stringify(body), { 'Content-Type': 'application/json' });
  }

  /** Where to connect, and a ticket that is good once, for a minute. What follows is in `call.ts`. */
  join(): Promise<Schemas['JoinView']> {
    return this.ask('POST', '/my/join');
  }

  /** Told of each change, at first of how it stands; answers how to stop. */
  follow(told: (incident: CallerView) => void): () => void {
    const socket = new WebSocket(`${this.site.replace(/^http/, 'ws')}/api/v1/live/caller`);
    socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', token: this.token }));
    socket.onmessage = (event) => {
      const message = JSON.parse(String(event.data)) as { type: string; incident: CallerView };
      if (message.type === 'caller') told(message.incident);
    };
    return () => socket.close();
  }

  private async ask<Answer>(
    method: string,
    path: string,
    body: BodyInit | null = null,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const mine: Record<string, string> = this.token ? { Authorization: `Bearer ${this.token}` } : {};
    const answer = await fetch(`${this.site}/api/v1${path}`, { method, body, headers: { ...headers, ...mine } });
    if (!answer.ok) throw new Refused((await answer.json()) as Schemas['Problem']);
    return (await answer.json()) as Answer;
  }
}
