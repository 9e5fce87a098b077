import { ago, exact } from '../shared/clock';
import type { NoticeView } from '../shared/notices';
import { Written } from './compare';
import { alike, wordsOf } from './conflict';
import type { Correction } from './correct';
import type { Desk } from './desk';
import { empty, type Draft } from './draft';
import { d } from './draftwords';
import { newKey } from '../shared/api';
import { useDraft } from '../parts/draft';
import { hashOf } from './route';
import { Discard, draftName, type Form } from './writing';

/** Changes of a notice that were written and not saved; when it can no longer be changed, they are shown. */
export function Leftover({ desk, one, goOn, correct }: { desk: Desk; one: NoticeView; goOn: () => void; correct: () => void }) {
  const was = wordsOf(one);
  const edited = useDraft<Form>(desk.drafts, draftName(one), { draft: was, was, version: one.version });
  const putRight = useDraft<Correction>(desk.drafts, `notice/${one.id}/correct`, { title: one.title, text: one.text, key: '' });
  const may = (verb: string): boolean => one.may.includes(verb);
  const { draft } = edited.value;
  if (edited.at !== null && !alike(draft, was)) {
    return (
      <Kept at={edited.at} discard={edited.drop} desk={desk} words={may('edit') ? null : draft}
        act={may('edit') ? [d('go_on'), goOn] : may('correct') && putRight.at === null
          ? [d('as_correction'), () => { putRight.set({ title: draft.title, text: draft.text, link: draft.link, picture: draft.picture, key: newKey() }); correct(); }]
          : anew(desk, draft, edited.drop)} />
    );
  }
  const { title, text, link = one.link, picture = one.picture, everybody } = putRight.value;
  const words = { ...was, title, text, link, picture };
  if (putRight.at === null || (!everybody && alike({ ...words, title: title.trim(), text: text.trim() }, was))) return null;
  return (
    <Kept at={putRight.at} discard={putRight.drop} desk={desk} words={may('correct') ? null : words}
      act={may('correct') ? [d('go_on'), correct] : anew(desk, words, putRight.drop)} />
  );
}

type Act = [words: string, go: () => void];

/** As a new notice, when no other is being written. */
function anew(desk: Desk, words: Draft, drop: () => void): Act | null {
  if (desk.drafts.get('notice/new')) return null;
  const was = empty(newKey());
  return [d('as_new'), () => {
    desk.drafts.put('notice/new', { draft: { ...words, key: was.key }, was, version: 0 });
    drop();
    location.hash = hashOf('notices', 'new');
  }];
}

function Kept({ at, words, act, discard, desk }: { at: number; words: Draft | null; act: Act | null; discard: () => void; desk: Desk }) {
  return (
    <section class="leftover" data-testid="leftover">
      <p title={exact(at)}>{words ? d('closed') : d('kept_edit', { t: ago(at) })}</p>
      {words && <Written desk={desk} words={words} />}
      <div class="door-acts">
        {act && <button type="button" class="button small main" onClick={act[1]} data-testid="leftover-go">{act[0]}</button>}
        <Discard discard={discard} />
      </div>
    </section>
  );
}
