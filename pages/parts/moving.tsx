import { useEffect, useRef, useState } from 'preact/hooks';

interface Props {
  stream: MediaStream | null;
  /** Own pictures and silent pages are never heard. */
  muted?: boolean;
  mirrored?: boolean;
  role?: string;
  testid?: string;
  label: string;
  /** Said on the button that appears when the browser wants a tap first. */
  tapWords: string;
  onElement?: (element: HTMLVideoElement | null) => void;
}

/*
 * A moving picture with its sound. Browsers in apps show nothing until play() is called, and some
 * only after a tap: then the whole tile is the button.
 */
export function Moving({ stream, muted = false, mirrored, role, testid, label, tapWords, onElement }: Props) {
  const ref = useRef<HTMLVideoElement>(null);
  const [waits, setWaits] = useState(false);
  const play = (): void => {
    const video = ref.current;
    if (!video || !video.srcObject) return;
    const playing = video.play();
    if (playing) {
      playing.then(() => setWaits(false)).catch((error: Error) => setWaits(error.name === 'NotAllowedError'));
    }
  };
  useEffect(() => {
    const video = ref.current;
    if (!video || video.srcObject === stream) return;
    video.srcObject = stream;
    play();
  }, [stream]);
  useEffect(() => {
    if (onElement) onElement(ref.current);
    return () => { if (onElement) onElement(null); };
  }, []);
  return (
    <>
      <video ref={ref} class={mirrored ? 'moving mirrored' : 'moving'} autoplay playsInline muted={muted}
        data-role={role} data-testid={testid} aria-label={label} disablePictureInPicture
        onLoadedMetadata={play} {...{ 'webkit-playsinline': 'true', 'x5-playsinline': 'true' }} />
      {waits && <button type="button" class="moving-tap" onClick={play}>{tapWords}</button>}
    </>
  );
}
