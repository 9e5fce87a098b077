/* Voice and video in a log: whether a browser plays them, how long they are, what they are called when saved. */

import { translator } from './i18n';

export const CLIPS = {
  voice: ['语音', 'Voice message'],
  video: ['视频', 'Video'],
  cannot: ['不能在这里播放', 'Cannot be played here'],
  save: ['下载', 'Download'],
} as const;

export const clipWords = translator(CLIPS);

export type Showing = 'picture' | 'voice' | 'video' | 'saved';
type Upload = Readonly<Record<string, unknown>>;

/** What phones' chats send as it is, and no browser plays; what was made anew to be played has a length. */
const UNPLAYED = /amr|speex|silk/;

export function showing(data: Upload): Showing {
  const { kind } = data;
  if (kind !== 'voice' && kind !== 'video') return 'picture';
  return lasting(data) === '' && UNPLAYED.test(String(data.type)) ? 'saved' : kind;
}

/** 0:07, 12:05; nothing when it is not known. A voice of half a second is one of a second. */
export function lasting(data: Upload): string {
  const ms = data.length_ms;
  if (typeof ms !== 'number') return '';
  const seconds = Math.max(1, Math.round(ms / 1000));
  return Math.floor(seconds / 60) + ':' + String(100 + (seconds % 60)).slice(1);
}

/** Voice message 0:07. */
export function clipName(data: Upload): string {
  const name = clipWords(data.kind === 'video' ? 'video' : 'voice');
  const length = lasting(data);
  return length ? name + ' ' + length : name;
}

const ENDINGS: Readonly<Record<string, string>> = { 'audio/amr': 'amr', 'audio/mpeg': 'mp3', 'audio/speex': 'spx', 'audio/webm': 'webm', 'video/webm': 'webm' };

/** The name under which the page itself saves it; what the server answers is named by it. */
export function savedAs(data: Upload): string {
  return String(data.file) + '.' + (ENDINGS[String(data.type)] || (data.kind === 'video' ? 'mp4' : 'm4a'));
}
