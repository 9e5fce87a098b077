/*
 * What was written or taken on this page and is not yet in the log: texts, pictures, voice messages, each with its
 * key, repeated with the same key until the server has it. Texts go in order, and so do files, but a text does not
 * wait for a file. Texts survive a reload.
 */

import { newKey, pause, backoff, type Api } from './api';
import { asFault, type Fault } from './fault';
import type { LineIn, MessageIn } from './bodies';
import type { EntryView, Kind, UploadView } from './types';

export type Piece = 'text' | 'picture' | 'voice' | 'video';
export interface Pending {
  key: string;
  piece: Piece;
  text: string;
  at: number;
  blob: Blob | null;
  /** An address of the blob, for showing it at once. */
  url: string;
  /** 'sent' waits to be seen in the log. */
  state: 'waiting' | 'sending' | 'sent' | 'failed';
  share: number;
  fault: Fault | null;
  about: Kind | null;
  /** The `seq` of the question it answers. */
  answers: number | null;
}

const FILE_TRIES = 4;

export class Outbox {
  items: Pending[] = [];
  /** Files sent from here, by their id: no need to fetch them again. */
  readonly own = new Map<string, string>();

  private readonly api: Api;
  private readonly path: string;
  private readonly changed: (entry: EntryView | null) => void;
  private readonly kept: string;
  /** Of texts and of files. */
  private readonly busy = [false, false];
  private stopped = false;

  /** `path` is '/my' or '/incidents/<id>'; `kept` the name under which texts are kept, '' for not. */
  constructor(api: Api, path: string, changed: (entry: EntryView | null) => void, kept = '') {
    this.api = api;
    this.path = path;
    this.changed = changed;
    this.kept = kept;
    for (const kept of this.load()) this.add(kept);
  }

  text(text: string, about: Kind | null = null, answers: number | null = null): void {
    const trimmed = text.trim().slice(0, 4000);
    if (!trimmed) return;
    this.add({ text: trimmed, about, answers });
    this.keep();
  }

  file(piece: Piece, blob: Blob): void {
    this.add({ piece, blob, url: URL.createObjectURL(blob) });
  }

  retry(key: string): void {
    for (const item of this.items) if (item.key === key && item.state === 'failed') item.state = 'waiting';
    this.changed(null);
    this.run();
  }

  drop(key: string): void {
    this.items = this.items.filter((item) => item.key !== key);
    this.keep();
    this.changed(null);
  }

  /** Forgets what the log already has. */
  settle(entries: readonly EntryView[]): void {
    if (!this.items.length) return;
    const written = new Set(entries.map((entry) => entry.data.key));
    const left = this.items.filter((item) => !written.has(item.key));
    if (left.length === this.items.length) return;
    this.items = left;
    this.keep();
  }

  /** Sends nothing more. */
  stop(): void {
    this.stopped = true;
  }

  private add(part: Partial<Pending>): void {
    this.items = this.items.concat({
      key: newKey(), piece: 'text', text: '', at: Date.now(), blob: null, url: '',
      state: 'waiting', share: 0, fault: null, about: null, answers: null, ...part,
    });
    this.changed(null);
    this.run();
  }

  private run(): void {
    for (const lane of [0, 1]) void this.work(lane);
  }

  private async work(lane: number): Promise<void> {
    if (this.busy[lane]) return;
    this.busy[lane] = true;
    for (let next = this.next(lane); next && !this.stopped; next = this.next(lane)) {
      next.state = 'sending';
      this.changed(null);
      await this.deliver(next);
    }
    this.busy[lane] = false;
  }

  private next(lane: number): Pending | undefined {
    return this.items.find((item) => item.state === 'waiting' && +!!item.blob === lane);
  }

  private async deliver(item: Pending): Promise<void> {
    for (let tried = 1; !this.stopped && this.items.indexOf(item) >= 0; tried++) {
      try {
        const entry = await this.send(item);
        item.state = 'sent';
        item.fault = null;
        this.changed(entry);
        return;
      } catch (error) {
        item.fault = asFault(error);
        if (!item.fault.passing || (item.blob && tried >= FILE_TRIES)) {
          item.state = 'failed';
          this.changed(null);
          return;
        }
        this.changed(null);
        await pause(backoff(tried));
      }
    }
  }

  private async send(item: Pending): Promise<EntryView | null> {
    if (!item.blob) {
      const message: MessageIn & Pick<LineIn, 'answers'> = { key: item.key, text: item.text, device_at: item.at };
      if (item.about) message.kind = item.about;
      if (item.answers) message.answers = item.answers;
      return this.api.post<EntryView>(this.path + '/messages', message);
    }
    const onProgress = (share: number): void => {
      item.share = share;
      this.changed(null);
    };
    const done = await this.api.upload<UploadView>(
      this.path + '/uploads', item.blob, { key: item.key, at: item.at, onProgress },
    );
    this.own.set(done.file, item.url);
    return null;
  }

  private load(): Array<Pick<Pending, 'key' | 'text' | 'at' | 'answers'>> {
    try {
      return this.kept ? JSON.parse(localStorage.getItem(this.kept) || '[]') : [];
    } catch {
      return [];
    }
  }

  private keep(): void {
    if (!this.kept) return;
    const texts = this.items.filter((item) => !item.blob)
      .map(({ key, text, at, answers }) => ({ key, text, at, answers }));
    try {
      localStorage.setItem(this.kept, JSON.stringify(texts));
    } catch {
      // Without storage the texts live as long as the page.
    }
  }
}
