import { useState } from 'preact/hooks';
import type { TipThread, TipView } from '../shared/tips';
import type { Desk } from './desk';
import { Dialog } from './pieces';
import { SayMore, unfinished, type Saying } from './saying';
import { t } from './words';

export type Ending = 'close' | 'reject';

/** What ends a tip is shown once more before the resident reads it. */
export function AskEnding({ ending, text, close, go }: { ending: Ending; text: string; close: () => void; go: () => void }) {
  return (
    <Dialog head={t(`end_${ending}_head`)} close={close}>
      <p>{t(`end_${ending}_what`)}</p>
      <blockquote class="ending">{text}</blockquote>
      <footer><button type="button" class="button" onClick={close}>{t('end_write_on')}</button>
        <button type="button" class="button main" data-testid="end-now" onClick={() => { close(); go(); }}>{t(`r_${ending}`)}</button></footer>
    </Dialog>
  );
}

/** What the police can still do with a tip that is over: say more, or open it again. */
export function Over({ desk, tip, put, again }: { desk: Desk; tip: TipView; put: (thread: TipThread) => void; again: () => void }) {
  const [what, setWhat] = useState<Saying | null>(null);
  return (
    <footer class="acts">
      <div class="acts-else">
        <button type="button" class="button" data-testid="note" data-key="b" onClick={() => setWhat('note')}>{t('note')}{unfinished(desk, tip, 'note')}</button>
        <button type="button" class="button" data-testid="supplement" onClick={() => setWhat('supplement')}>{t('supplement')}{unfinished(desk, tip, 'supplement')}</button>
        <button type="button" class="button" data-testid="reopen" onClick={() => setWhat('reopen')}>{t('reopen')}{unfinished(desk, tip, 'reopen')}</button>
      </div>
      {what && <SayMore key={what} what={what} desk={desk} tip={tip} put={put} again={again} close={() => setWhat(null)} />}
    </footer>
  );
}
