/* Keys of whoever builds on the API, and where they are told. As docs/api.md has them; for administrators. */

export type Scope = 'public' | 'caller';
export type EventState = 'WAITING' | 'SENDING' | 'SENT' | 'FAILED';

export interface IntegratorIn {
  name: string;
  scopes: Scope[];
  requests_a_second?: number;
  uploads_a_second?: number;
  sandbox?: boolean;
}

export interface WebhookIn {
  url: string;
}

export interface WebhookView {
  url: string;
  since: number;
  failing_since: number | null;
  disabled_at: number | null;
}

export interface IntegratorView {
  id: string;
  name: string;
  scopes: Scope[];
  requests_a_second: number;
  uploads_a_second: number;
  made_at: number;
  revoked_at: number | null;
  webhook: WebhookView | null;
  sandbox: boolean;
}

export interface IntegratorList {
  integrators: IntegratorView[];
}

export interface IntegratorKey {
  integrator: IntegratorView;
  key: string;
}

export interface WebhookKey {
  integrator: IntegratorView;
  secret: string;
}

export interface WebhookAnswer {
  status: number;
  reason: string;
  said: string;
}

export interface WebhookEventView {
  id: string;
  kind: string;
  number: string;
  external_id: string;
  sequence: number;
  at: number;
  state: EventState;
  tries: number;
  due_at: number;
  answer: number;
  reason: string;
  sent_at: number | null;
}

export interface WebhookEventList {
  events: WebhookEventView[];
}
