/*
 * The REST API (docs/api.md).
 *
 *   const api = new Api({ face: 'console' });                staff: cookie and Jingmin-Face
 *   const api = new Api({ token });                          caller: Bearer
 *   await api.get<IncidentView>('/incidents/' + id);
 *   await api.post<Receipt>('/incidents', body, { tries: Infinity });   the key in `body` makes it safe
 *
 * Everything that fails throws Fault. GET is tried three times; anything else once, unless `tries` says
 * that it may be repeated because it carries an idempotency key.
 */

import { learn } from './clock';
import { Fault, isFault, networkFault } from './fault';
import type { ConfigView, Problem } from './types';

export interface Asking {
  /** Milliseconds until an answer is given up: 15,000 unless told. */
  timeout?: number;
  /** How often it may be sent, all in all. */
  tries?: number;
  /** Told before each wait: number of the try that failed, the fault, ms until the next. */
  onRetry?: (tried: number, fault: Fault, wait: number) => void;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export interface Uploading {
  key: string;
  at?: number;
  onProgress?: (share: number) => void;
}

const ROOT = '/api/v1';

/** A new idempotency key: 128 random bits, hex. */
export function newKey(): string {
  const bytes = new Uint8Array(16);
  crypto.getRandomValues(bytes);
  return Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join('');
}

/** Ms to wait after the `tried`-th failure: doubling from 0.5 s to 15 s, half of it random. */
export function backoff(tried: number, random = Math.random): number {
  const full = Math.min(15000, 500 * 2 ** Math.min(tried - 1, 8));
  return Math.round(full / 2 + (full / 2) * random());
}

/** Ms to wait before a lost call is joined for the `tried`-th time: not long while the server finds out that a
 *  media process is gone, some 4 s; then ever longer. */
export function rejoinPause(tried: number, random = Math.random): number {
  if (tried === 1) return 200;
  return tried < 9 ? Math.round(400 + 300 * random()) : backoff(tried - 7, random);
}

export class Api {
  readonly face: string;
  token: string;
  /** Asks for password and code once more, when the server does; whether they were given. */
  prove?: () => Promise<boolean>;

  constructor({ face = '', token = '' }: { face?: string; token?: string }) {
    this.face = face;
    this.token = token;
  }

  get<T>(path: string, asking: Asking = {}): Promise<T> {
    return this.ask('GET', path, undefined, { tries: 3, ...asking });
  }

  post<T>(path: string, body: object = {}, asking: Asking = {}): Promise<T> {
    return this.ask('POST', path, body, asking);
  }

  patch<T>(path: string, body: object, asking: Asking = {}): Promise<T> {
    return this.ask('PATCH', path, body, asking);
  }

  put<T>(path: string, body: object, asking: Asking = {}): Promise<T> {
    return this.ask('PUT', path, body, asking);
  }

  delete<T>(path: string, asking: Asking = {}): Promise<T> {
    return this.ask('DELETE', path, undefined, asking);
  }

  /** GET /config; the server's clock is learnt from it. */
  async config(asking: Asking = {}): Promise<ConfigView> {
    const sent = Date.now();
    const config = await this.get<ConfigView>('/config', { tries: 1, ...asking });
    learn(config.server_at, sent);
    return config;
  }

  /** The bytes of a file, for URL.createObjectURL. */
  async blob(path: string, asking: Asking = {}): Promise<Blob> {
    return (await this.fetch('GET', path, undefined, { timeout: 60000, ...asking })).blob();
  }

  /** Sends raw bytes with progress (0 to 1); safe to repeat with the same key. */
  upload<T>(path: string, body: Blob, { key, at, onProgress }: Uploading): Promise<T> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const query = '?key=' + encodeURIComponent(key) + (at ? '&device_at=' + at : '');
      request.open('POST', ROOT + path + query);
      request.timeout = 120000;
      const headers = { ...this.headers(), 'Content-Type': body.type || 'application/octet-stream' };
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      if (onProgress) {
        request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
      }
      request.onerror = () => reject(networkFault(false));
      request.ontimeout = () => reject(networkFault(true));
      request.onload = () => {
        if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as T);
        else reject(fault(request.status, request.responseText));
      };
      request.send(body);
    });
  }

  private async ask<T>(method: string, path: string, body: object | undefined, asking: Asking): Promise<T> {
    const tries = asking.tries || 1;
    for (let tried = 1; ; tried++) {
      try {
        return (await (await this.fetch(method, path, body, asking)).json()) as T;
      } catch (error) {
        const known = isFault(error) ? error : networkFault(false);
        if (known.code === 'proof_needed' && this.prove && (await this.prove())) continue;
        if (tried >= tries || !known.passing || (asking.signal && asking.signal.aborted)) throw known;
        const wait = Math.max(backoff(tried), 1000 * (Number(known.facts.seconds) || 0));
        if (asking.onRetry) asking.onRetry(tried, known, wait);
        await pause(wait);
      }
    }
  }

  private async fetch(
    method: string, path: string, body: object | undefined, asking: Asking,
  ): Promise<Response> {
    const abort = typeof AbortController === 'undefined' ? null : new AbortController();
    let slow = false;
    const timer = setTimeout(() => {
      slow = true;
      if (abort) abort.abort();
    }, asking.timeout || 15000);
    if (asking.signal && abort) asking.signal.addEventListener('abort', () => abort.abort());
    const headers: Record<string, string> = { ...this.headers(), ...asking.headers };
    if (body) headers['Content-Type'] = 'application/json';
    let response: Response;
    try {
      response = await fetch(ROOT + path, {
        method,
        headers,
        body: body && JSON.stringify(body),
        credentials: 'same-origin',
        cache: 'no-store',
        signal: abort ? abort.signal : undefined,
      });
    } catch {
      throw networkFault(slow);
    } finally {
      clearTimeout(timer);
    }
    if (!response.ok) throw fault(response.status, await response.text().catch(() => ''));
    return response;
  }

  private headers(): Record<string, string> {
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (this.face) headers['Jingmin-Face'] = this.face;
    if (this.token) headers.Authorization = 'Bearer ' + this.token;
    return headers;
  }
}

function fault(status: number, text: string): Fault {
  try {
    const problem = JSON.parse(text) as Problem;
    if (problem.code) return new Fault({ ...problem, status });
  } catch {
    // A proxy's page, not ours: the status is all there is.
  }
  return new Fault({
    code: 'http_' + status,
    status,
    title_zh: '服务器返回错误 ' + status,
    title_en: 'The server answered with error ' + status,
  });
}

/** Waits, or less when the network comes back meanwhile. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      if (typeof window !== 'undefined') window.removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (typeof window !== 'undefined') window.addEventListener('online', done);
  });
}
