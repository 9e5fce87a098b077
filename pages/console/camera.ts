/* The dispatcher's own camera and microphone: opened once, lent to every call as copies. */
import { shallowReactive } from 'vue';

export const camera = shallowReactive({
  stream: null as MediaStream | null,
  asked: false,
});

let opening: Promise<MediaStream | null> | null = null;

const WISHES: MediaStreamConstraints[] = [
  {
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    video: { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 20, max: 30 } },
  },
  { audio: true },
  { video: true },
];

/** What there is: both, the microphone alone, the camera alone, or null. Never throws. */
export function openCamera(): Promise<MediaStream | null> {
  opening ??= (async () => {
    for (const wish of WISHES) {
      try {
        camera.stream = await navigator.mediaDevices.getUserMedia(wish);
        break;
      } catch {
        // The next wish asks for less; with none left the desk watches, listens and writes.
      }
    }
    camera.asked = true;
    return camera.stream;
  })();
  return opening;
}

/** No call needs it any more. */
export function closeCamera(): void {
  camera.stream?.getTracks().forEach((track) => track.stop());
  camera.stream = null;
  camera.asked = false;
  opening = null;
}
