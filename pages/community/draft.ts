/* A notice while it is written: what is kept, what is missing, and when it goes out. */

import { say } from '../shared/i18n';
import type { NoticeIn, NoticePatch, NoticeView } from '../shared/notices';
import { d } from './draftwords';

export const TITLE_MOST = 60;
export const TEXT_MOST = 1000;

export interface Draft {
  key: string;
  title: string;
  text: string;
  link: string;
  /** Name of a picture that was taken in; empty: none. */
  picture: string;
  communities: string[];
  urgent: boolean;
  /** As a datetime-local field gives it; empty: when it is published. */
  sendAt: string;
  expiresAt: string;
}

export function empty(key: string): Draft {
  return { key, title: '', text: '', link: '', picture: '', communities: [], urgent: false, sendAt: '', expiresAt: '' };
}

export function draftOf(notice: NoticeView, key: string): Draft {
  return {
    key,
    title: notice.title,
    text: notice.text,
    link: notice.link,
    picture: notice.picture,
    communities: [...notice.communities],
    urgent: notice.urgent,
    sendAt: notice.send_at ? local(notice.send_at) : '',
    expiresAt: notice.expires_at ? local(notice.expires_at) : '',
  };
}

/** Unix ms as a datetime-local field wants it, in the viewer's zone. */
export function local(at: number): string {
  const d = new Date(at);
  const two = (n: number): string => (n < 10 ? '0' : '') + n;
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}`;
}

export function ms(text: string): number | null {
  const at = text ? new Date(text).getTime() : NaN;
  return Number.isFinite(at) ? at : null;
}

/** What keeps it from being saved, in words; empty when nothing does. */
export function wrong(draft: Draft, now: number): string[] {
  const found: string[] = [];
  if (!draft.title.trim()) found.push(say(['写标题', 'write a title']));
  if (!draft.text.trim()) found.push(say(['写正文', 'write the text']));
  if (!draft.communities.length) found.push(say(['选社区', 'choose communities']));
  if (draft.text.trim().length > TEXT_MOST) found.push(d('too_long', { n: TEXT_MOST }));
  if (draft.link && !/^https:\/\/\S+$/.test(draft.link)) found.push(say(['链接以 https:// 开头', 'the link begins with https://']));
  const [send, expires] = [ms(draft.sendAt), ms(draft.expiresAt)];
  if (send !== null && send < now - 60_000) found.push(say(['发送时间已过', 'the time to send is over']));
  if (expires !== null && expires <= (send || now)) found.push(say(['失效时间要晚于发送', 'it must expire after it is sent']));
  return found;
}

export function noticeIn(draft: Draft): NoticeIn {
  return {
    key: draft.key,
    title: draft.title.trim(),
    text: draft.text.trim(),
    communities: draft.communities,
    link: draft.link.trim(),
    picture: draft.picture,
    urgent: draft.urgent,
    send_at: ms(draft.sendAt),
    expires_at: ms(draft.expiresAt),
  };
}

/** The same as a change of a notice that is there; 0 takes a time away. */
export function noticePatch(draft: Draft, version: number): NoticePatch {
  const { key: _key, ...rest } = noticeIn(draft);
  return { version, ...rest, send_at: rest.send_at || 0, expires_at: rest.expires_at || 0 };
}
