import { useState } from 'preact/hooks';
import { Icon } from '../parts/icons';
import { clipName, clipWords, showing } from '../shared/clips';
import { Sign } from './sign';

/** Voice or video of a tip, or a way to save what no browser plays. As tall from the beginning as ever. */
export function Clip({ tip, data }: { tip: string; data: Record<string, unknown> }) {
  const [failed, setFailed] = useState(false);
  const film = data.kind === 'video';
  const url = `/api/v1/tips/${tip}/files/${String(data.file)}?face=community`;
  const name = clipName(data);
  const saved = failed || showing(data) === 'saved';
  const width = Number(data.width) || 4;
  const height = Number(data.height) || 3;
  return (
    <figure class={film ? 'clip film' : 'clip'} data-testid={film ? 'video' : 'voice'}>
      <figcaption>{film ? <Sign name="film" size={18} /> : <Icon name="voice" size={18} />}{name}{saved && <span>{clipWords('cannot')}</span>}</figcaption>
      <div class="clip-box" style={film ? { aspectRatio: `${width} / ${height}` } : undefined}>
        {saved ? <a class="button small" href={url} download data-testid="save">{clipWords('save')}</a>
          : film ? <video controls playsInline preload="metadata" src={url} aria-label={name} onError={() => setFailed(true)} />
            : <audio controls preload="none" src={url} aria-label={name} onError={() => setFailed(true)} />}
      </div>
    </figure>
  );
}
