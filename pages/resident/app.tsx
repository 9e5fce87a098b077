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
  if (screen === 'over') return <Over session={session} />;
  if (silent) return <Silent session={session} />;
  return <Live session={session} />;
}
