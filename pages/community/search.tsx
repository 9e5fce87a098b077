import { useState } from 'preact/hooks';
import { Sign } from './sign';
import { t } from './words';

/** Words to look for, asked with Enter; emptied, everything is shown again. */
export function Search({ q, label, onSearch }: { q: string; label: string; onSearch: (q: string) => void }) {
  const [text, setText] = useState(q);
  return (
    <form class="search" role="search" onSubmit={(event) => { event.preventDefault(); onSearch(text.trim()); }}>
      <Sign name="search" size={20} />
      <input type="search" data-key="/" aria-label={label} placeholder={label} value={text} maxLength={100} enterkeyhint="search"
        onInput={(event) => {
          setText(event.currentTarget.value);
          if (!event.currentTarget.value) onSearch('');
        }} data-testid="search" />
      {text.trim() !== q && <button type="submit" class="button small">{t('find')}</button>}
    </form>
  );
}

/** One of several, as a list that opens; the empty one stands for all. */
export function Pick<V extends string>({ label, value, options, onChange }: {
  label: string; value: V; options: ReadonlyArray<readonly [V, string]>; onChange: (value: V) => void;
}) {
  return (
    <select class="pick" aria-label={label} value={value} onChange={(event) => onChange(event.currentTarget.value as V)}>
      {options.map(([key, words]) => <option key={key} value={key}>{words}</option>)}
    </select>
  );
}
