/* A voice message: tap to begin, tap to send. */

import { openTrack } from '../shared/camera';

const KINDS = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus', 'audio/webm'];
const LONGEST_MS = 120000;

export function canRecord(): boolean {
  return typeof MediaRecorder !== 'undefined';
}

export class Recorder {
  private readonly recorder: MediaRecorder;
  private readonly limit: number;

  private constructor(track: MediaStreamTrack, done: (blob: Blob) => void) {
    const known = typeof MediaRecorder.isTypeSupported === 'function';
    const mimeType = known ? KINDS.find((one) => MediaRecorder.isTypeSupported(one)) : undefined;
    this.recorder = new MediaRecorder(new MediaStream([track]), mimeType ? { mimeType } : undefined);
    const parts: Blob[] = [];
    this.recorder.ondataavailable = ({ data }) => { if (data.size) parts.push(data); };
    this.recorder.onstop = () => {
      clearTimeout(this.limit);
      track.stop();
      const type = (this.recorder.mimeType || mimeType || 'audio/webm').split(';')[0];
      if (parts.length) done(new Blob(parts, { type }));
    };
    this.recorder.start(1000);
    this.limit = window.setTimeout(() => this.stop(), LONGEST_MS);
  }

  /** Uses a copy of the call's microphone where there is one, else opens it; throws Obstructed. */
  static async start(callTrack: MediaStreamTrack | null, done: (blob: Blob) => void): Promise<Recorder> {
    const live = callTrack && callTrack.readyState === 'live' ? callTrack.clone() : null;
    if (live) live.enabled = true;
    return new Recorder(live || (await openTrack('audio')), done);
  }

  stop(): void {
    if (this.recorder.state !== 'inactive') this.recorder.stop();
  }
}
