import type { ComponentChildren } from 'preact';
import { useEffect, useReducer } from 'preact/hooks';
import { onLanguage } from '../shared/i18n';
import { Live } from './call';
import { Over } from './over';
import type { Session } from './session';
import { Silent } from './silent';
import { t } from './words';

export function App({ session }: { session: Session }) {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => session.on(() => draw(0)), []);
  useEffect(() => onLanguage(() => draw(0)), []);
  useEffect(() => {
    window.addEventListener('online', draw);
    window.addEventListener('offline', draw);
  }, []);
  const { screen, silent } = session;
  useEffect(() => {
    if (!silent) document.title = t('title');
    // A page that turns white in a dark room betrays as surely as a sound.
    document.documentElement.classList.toggle('quiet', silent);
    document.documentElement.dataset.theme = silent ? 'dark' : 'light';
  });
  if (screen === 'start') return null;
  const shown = screen === 'over' ? <Over session={session} /> : silent ? <Silent session={session} /> : <Live session={session} />;
  return session.sandbox ? <Tested>{shown}</Tested> : shown;
}

/** Above everything of a test, whatever is on the page: nobody comes, and where one reports in earnest. */
export function Tested({ children }: { children: ComponentChildren }) {
  return (
    <div class="tested">
      <p class="tested-says" role="alert" data-testid="sandbox"><b>{t('sandbox')}</b><a href="tel:110">{t('sandbox_dial')}</a></p>
      {children}
    </div>
  );
}
