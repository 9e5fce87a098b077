/* Cameras and microphones: one track at a time, so that each can be asked for with its own reason. */

import type { Pair } from './i18n';

export type Facing = 'user' | 'environment';
/** Why there is no track: the person said no, there is no device, another program has it, or the browser cannot. */
export type Obstacle = 'refused' | 'absent' | 'busy' | 'unsupported';

export class Obstructed extends Error {
  readonly obstacle: Obstacle;

  constructor(obstacle: Obstacle) {
    super(obstacle);
    this.obstacle = obstacle;
  }
}

export const OBSTACLES: Record<Obstacle, Pair> = {
  refused: ['没有得到允许', 'Not permitted'],
  absent: ['没有找到设备', 'No device found'],
  busy: ['设备正被占用', 'In use by another program'],
  unsupported: ['此浏览器不支持', 'Not supported by this browser'],
};

export function canCapture(): boolean {
  return typeof navigator !== 'undefined' && !!navigator.mediaDevices
    && !!navigator.mediaDevices.getUserMedia && typeof RTCPeerConnection !== 'undefined';
}

// A small picture is there sooner, on a slow phone and on a bad network; a sharp one follows.
const FIRST: MediaTrackConstraints = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 20, max: 30 } };
const SHARP: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 24, max: 30 } };

/** Lets an open camera give all it has; what it cannot give stays as it is. */
export function sharpen(track: MediaStreamTrack | null): void {
  if (track && track.applyConstraints) track.applyConstraints(SHARP).catch(() => undefined);
}

/** Opens the microphone or a camera; throws Obstructed. */
export async function openTrack(kind: 'audio' | 'video', facing: Facing = 'environment'): Promise<MediaStreamTrack> {
  if (!canCapture()) throw new Obstructed('unsupported');
  const constraints: MediaStreamConstraints = kind === 'audio'
    ? { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } }
    : {
        video: {
          facingMode: { ideal: facing },
          ...FIRST,
        },
      };
  try {
    return (await navigator.mediaDevices.getUserMedia(constraints)).getTracks()[0];
  } catch (error) {
    throw new Obstructed(obstacle(error instanceof Error ? error.name : ''));
  }
}

function obstacle(name: string): Obstacle {
  if (/NotAllowed|Permission|Security/.test(name)) return 'refused';
  if (/NotReadable|TrackStart|Abort/.test(name)) return 'busy';
  return 'absent';
}

/** The light of the camera; browsers that have it say so in the track's capabilities. */
export function hasTorch(track: MediaStreamTrack | null): boolean {
  if (!track || !track.getCapabilities) return false;
  return (track.getCapabilities() as MediaTrackCapabilities & { torch?: boolean }).torch === true;
}

export async function setTorch(track: MediaStreamTrack, on: boolean): Promise<void> {
  await track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
}

/** A still of what the track shows, at most `side` pixels wide or high; null when there is none yet. */
export function still(video: HTMLVideoElement, side: number): Promise<Blob | null> {
  const { videoWidth: w, videoHeight: h } = video;
  if (!w || !h) return Promise.resolve(null);
  const scale = Math.min(1, side / Math.max(w, h));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(w * scale);
  canvas.height = Math.round(h * scale);
  const brush = canvas.getContext('2d');
  if (!brush) return Promise.resolve(null);
  brush.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.72));
}
