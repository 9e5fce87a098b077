/* What every view is made of: choices, dialogs, and the three ways in which there is nothing to show. */

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../parts/icons';
import type { Fault } from '../shared/fault';
import { sharedWords } from '../shared/words';
import type { Tone } from './inbox';
import { Sign, type SignName } from './sign';
import { t } from './words';

export function Bones({ count = 4 }: { count?: number }) {
  return (
    <div class="bones" role="status" aria-label={t('loading')}>
      {Array.from({ length: count }, (_, i) => <i key={i} class="bone" />)}
    </div>
  );
}

export function Empty({ sign, head, hint, children }: { sign: SignName; head: string; hint?: string; children?: ComponentChildren }) {
  return (
    <div class="empty" data-testid="empty"><Sign name={sign} size={40} /><b>{head}</b>{hint && <span>{hint}</span>}{children}</div>
  );
}

export function Failing({ fault, again }: { fault: Fault; again: () => void }) {
  return (
    <div class="empty failing" role="alert" data-testid="failing">
      <Sign name="warning" size={40} />
      <b>{t('failed')}</b><span>{fault.words}</span>{fault.passing && <span>{t('failed_hint')}</span>}
      <button type="button" class="button" onClick={again}>{sharedWords('retry')}</button>
    </div>
  );
}

/** What is shown could not be read again: it stays, and says so. */
export function Old({ fault, again }: { fault: Fault | null; again: () => void }) {
  if (!fault) return null;
  return (
    <p class="old" role="alert">{t('old', { why: fault.words })}
      <button type="button" class="link" onClick={again}>{sharedWords('retry')}</button></p>
  );
}

export function Chip({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return <span class={'chip tone-' + tone}>{children}</span>;
}

export function Choice<V extends string>({ label, value, options, onChange, keys = {} }: {
  label: string; value: V; options: ReadonlyArray<readonly [V, string]>; onChange: (value: V) => void; keys?: Partial<Record<V, string>>;
}) {
  return (
    <div class="choice" role="group" aria-label={label}>
      {options.map(([key, words]) => (
        <button key={key} type="button" aria-pressed={key === value} data-value={key} data-key={keys[key]} onClick={() => onChange(key)}>{words}</button>
      ))}
    </div>
  );
}

export function Dialog({ head, close, children }: { head: string; close: () => void; children: ComponentChildren }) {
  const box = useRef<HTMLDialogElement>(null);
  // Open before the next key: one pressed meanwhile would act on the page behind it.
  useLayoutEffect(() => {
    const { current } = box;
    if (current && !current.open) current.showModal();
  }, []);
  return (
    <dialog ref={box} class="dialog" aria-label={head} onCancel={(event) => { event.preventDefault(); close(); }}
      onClick={(event) => { if (event.target === box.current) close(); }}>
      <div class="dialog-body">
        <header><h2>{head}</h2>
          <button type="button" class="icon-button" aria-label={sharedWords('close')} onClick={close}><Icon name="cross" /></button></header>
        {children}
      </div>
    </dialog>
  );
}

export function Back({ href }: { href: string }) {
  return <a class="icon-button back" href={href} data-key="Escape" aria-label={t('back')}><Icon name="back" /></a>;
}

/** A bar of shares; what it says in colours it says in words, too. */
export function Bar({ parts, label }: { parts: ReadonlyArray<{ tone: string; count: number }>; label: string }) {
  const all = parts.reduce((sum, one) => sum + one.count, 0);
  return (
    <span class="bar" role="img" aria-label={label}>
      {parts.filter((one) => one.count > 0).map((one) => (
        <i key={one.tone} class={'fill-' + one.tone} style={{ width: (100 * one.count) / all + '%' }} />
      ))}
    </span>
  );
}
