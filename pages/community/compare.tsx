import { useState } from 'preact/hooks';
import { exact } from '../shared/clock';
import { listed } from '../shared/i18n';
import type { NoticeView } from '../shared/notices';
import { changedBy, differences, mayJoin, merged, proposed, wordsOf, type Choice, type Choices, type Field } from './conflict';
import type { Desk } from './desk';
import { ms, type Draft } from './draft';
import { d } from './draftwords';
import { short } from './inbox';
import { t } from './words';

const LABELS = {
  title: 'f_title', text: 'f_text', link: 'f_link', picture: 'f_picture', communities: 'f_communities',
  urgent: 'f_urgent', sendAt: 'f_send', expiresAt: 'f_expires',
} as const;

/** Who saved meanwhile, as people say it. */
export function other(desk: Desk, present: NoticeView): string {
  return short(changedBy(present, desk.me ? desk.me.id : ''), present.station_name) || d('somebody');
}

/** Both versions side by side; each difference is chosen, and the writing goes on with that. */
export function Compare({ desk, was, mine, present, take }: {
  desk: Desk; was: Draft; mine: Draft; present: NoticeView; take: (next: Draft) => void;
}) {
  const theirs = wordsOf(present);
  const found = differences(was, mine, theirs);
  const [chosen, setChosen] = useState<Choices>({});
  const choices: Choices = { ...proposed(found), ...chosen };
  const left = found.filter(({ field }) => !choices[field]).length;
  const n = other(desk, present);
  return (
    <section class="compare" role="region" aria-label={d('both_head')} data-testid="compare">
      <h2>{d('both_head')}</h2>
      <p>{d('both_what', { n })}{d('choose')}</p>
      {found.map(({ field }) => (
        <fieldset key={field} class="compare-row" data-testid={'compare-' + field}><legend>{t(LABELS[field])}</legend>
          {(mayJoin(field) ? ['mine', 'theirs', 'both'] as const : ['mine', 'theirs'] as const).map((one) => (
            <Version key={one} of={one} field={field} chosen={choices[field] === one} desk={desk}
              head={one === 'both' ? d('join') : one === 'mine' ? d('mine') : d('theirs', { n })}
              words={one === 'both' ? null : one === 'mine' ? mine : theirs}
              choose={() => setChosen((now) => ({ ...now, [field]: one }))} />
          ))}
        </fieldset>
      ))}
      <div class="acts-else">
        <span class="dim" aria-live="polite">{left > 0 && d('left_to_choose', { n: left })}</span>
        <button type="button" class="button main" disabled={left > 0} data-testid="compare-take" onClick={() => take(merged(mine, theirs, choices))}>{d('take')}</button>
      </div>
    </section>
  );
}

function Version({ of, field, head, words, chosen, choose, desk }: {
  of: Choice; field: Field; head: string; words: Draft | null; chosen: boolean; choose: () => void; desk: Desk;
}) {
  return (
    <label class={'compare-one' + (of === 'both' ? ' wide' : '')}>
      <input type="radio" name={'compare-' + field} checked={chosen} onChange={choose} data-testid={`compare-${field}-${of}`} />
      <span><b>{head}</b>{words && <Value desk={desk} field={field} words={words} />}</span>
    </label>
  );
}

function Value({ desk, field, words }: { desk: Desk; field: Field; words: Draft }) {
  if (field === 'picture' && words.picture) return <img src={`/api/v1/notices/pictures/${words.picture}?face=community`} alt={t('f_picture')} />;
  return <span class="compare-words">{plain(desk, field, words) || d('nothing')}</span>;
}

function plain(desk: Desk, field: Field, words: Draft): string {
  if (field === 'communities') return listed(words.communities.map((one) => desk.name(one)));
  if (field === 'urgent') return d(words.urgent ? 'urgent_yes' : 'urgent_no');
  if (field !== 'sendAt' && field !== 'expiresAt') return words[field];
  const at = ms(words[field]);
  return at === null ? '' : exact(at);
}

/** Everything that was written, to be read and copied. */
export function Written({ desk, words }: { desk: Desk; words: Draft }) {
  return (
    <dl class="written" data-testid="written">
      {(['title', 'text', 'link', 'picture', 'communities'] as const).filter((field) => words[field].length > 0).map((field) => (
        <div key={field}><dt>{t(LABELS[field])}</dt><dd><Value desk={desk} field={field} words={words} /></dd></div>
      ))}
    </dl>
  );
}
