import { useRef, useState } from 'preact/hooks';
import { t } from './words';

const HOLD_MS = 900;

/** A harmless page. A long press anywhere goes back; nothing on it says so. */
export function Decoy({ back }: { back: () => void }) {
  const timer = useRef(0);
  const [ticked, setTicked] = useState([true, false, false]);
  const down = (): void => { timer.current = window.setTimeout(back, HOLD_MS); };
  const up = (): void => window.clearTimeout(timer.current);
  const lines = [t('decoy_1'), t('decoy_2'), t('decoy_3')];
  return (
    <main class="decoy" data-testid="decoy" onPointerDown={down} onPointerUp={up} onPointerCancel={up}
      onContextMenu={(event) => event.preventDefault()}>
      <h1>{t('decoy_title')}</h1>
      <p>{t('decoy_date')}</p>
      <ul>
        {lines.map((words, i) => (
          <li key={words}>
            <label>
              <input type="checkbox" checked={ticked[i]}
                onChange={() => setTicked((now) => now.map((one, n) => (n === i ? !one : one)))} />
              <span>{words}</span>
            </label>
          </li>
        ))}
      </ul>
    </main>
  );
}
