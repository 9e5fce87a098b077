import { useEffect, useState } from 'preact/hooks';
import { FileBubble } from '../parts/thread';
import type { TipEntryView, TipFiles } from '../shared/tips';
import type { IncidentView } from '../shared/types';
import type { Duty } from './duty';
import { t } from './words';

const AGAIN_MS = 30_000;
const NONE: ReadonlyMap<string, string> = new Map();

/** What the tip behind a report shows, above the log that has its words. Of one height from the beginning: what
    arrives later moves nothing below it. */
export function Told({ duty, incident }: { duty: Duty; incident: IncidentView }) {
  const path = `/incidents/${incident.id}/tip`;
  const [files, setFiles] = useState<TipEntryView[] | null>(null);
  const [failed, setFailed] = useState(false);
  const [turn, setTurn] = useState(0);
  const over = incident.state === 'CLOSED';
  useEffect(() => {
    let gone = false;
    const read = (): void => {
      void duty.api.get<TipFiles>(path).then((found) => {
        if (gone) return;
        setFiles(found.files);
        setFailed(false);
      }, () => { if (!gone) setFailed(true); });
    };
    read();
    // What the resident adds to the tip is no change of the incident: nothing tells of it.
    const timer = over ? 0 : window.setInterval(read, AGAIN_MS);
    return () => {
      gone = true;
      window.clearInterval(timer);
    };
  }, [path, over, turn]);
  return (
    <section class="told" aria-label={t('told')} data-testid="told" tabIndex={0}>
      {files === null && !failed && <p>{t('loading')}</p>}
      {files === null && failed && <button type="button" class="button" onClick={() => setTurn((n) => n + 1)}>{t('told_failed')}</button>}
      {files && !files.length && <p>{t('told_none')}</p>}
      {files && files.map((one) => (
        <FileBubble key={one.seq} kind={String(one.data.kind)} entry={{ ...one, device_at: null }} api={duty.api} path={path} own={NONE} />
      ))}
    </section>
  );
}
