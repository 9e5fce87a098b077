import { useState } from 'preact/hooks';
import { asFault } from '../shared/fault';
import { sharedWords } from '../shared/words';
import type { Session } from './session';
import { t } from './words';

/** One line, if the caller likes: a telephone number or a name. Never before the receipt, never asked for. */
export function Contact({ session, open }: { session: Session; open?: boolean }) {
  const { view } = session;
  const left = view ? view.contact : '';
  const [shown, setShown] = useState(open === true);
  const [text, setText] = useState<string | null>(null);
  const [fault, setFault] = useState('');
  if (!view || view.state === 'CLOSED' || session.silent) return null;
  if (!shown && !open) {
    return (
      <p class="contact">
        {left && <span class="contact-left">{t('contact_left', { contact: left })}</span>}
        <button type="button" data-testid="contact-open" onClick={() => setShown(true)}>
          {t(left ? 'contact_change' : 'contact_offer')}
        </button>
      </p>
    );
  }
  const send = (): void => {
    setFault('');
    const sent = text === null ? left : text;
    // What is written meanwhile stays to be sent.
    session.leaveContact(sent).then(() => { setText((now) => (now === null || now === sent ? null : now)); setShown(false); },
      (error: unknown) => setFault(asFault(error).words));
  };
  return (
    <form class="contact" onSubmit={(event) => { event.preventDefault(); send(); }}>
      <input value={text === null ? left : text} maxLength={60} autocomplete="tel" data-testid="contact"
        placeholder={t('contact_offer')} aria-label={t('contact_label')}
        onInput={(event) => setText(event.currentTarget.value)} />
      <button type="submit" data-testid="contact-send" disabled={text === null || text.trim() === left}>{sharedWords('send')}</button>
      <small role="status">{fault || (text === null && left ? t('contact_left', { contact: left }) : t('contact_who'))}</small>
    </form>
  );
}
