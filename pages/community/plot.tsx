import type { NumbersRow } from '../shared/numbers';
import { n } from './numberwords';

const [WIDE, HIGH, NAME, MOST] = [640, 26, 150, 20];

/** Tips of each row, those without an answer beside the answered; the table says the same in numbers. */
export function Plot({ rows }: { rows: readonly NumbersRow[] }) {
  const shown = rows.flatMap(({ id, name, now }) => (now.tips && now.answered !== null ? [{ id, name, tips: now.tips, answered: now.answered }] : []))
    .sort((a, b) => b.tips - a.tips).slice(0, MOST);
  if (!shown.length) return null;
  const unit = (WIDE - NAME - 70) / shown[0].tips;
  const what = shown.map((one) => n('plot_one', { n: one.name, a: one.answered, b: one.tips })).join('; ');
  return (
    <figure class="plot">
      <figcaption>{n('plot_head')} <span class="plot-key"><i class="fill-well" /> {n('done')} <i class="fill-need" /> {n('open')}</span></figcaption>
      <svg viewBox={`0 0 ${WIDE} ${shown.length * HIGH}`} role="img" aria-label={n('plot_label', { n: shown.length, what })} data-testid="plot">
        {shown.map((one, at) => (
          <g key={one.id} transform={`translate(0 ${at * HIGH})`} aria-hidden="true">
            <text x={NAME - 8} y={HIGH / 2 + 5} text-anchor="end">{one.name.length > 9 ? one.name.slice(0, 8) + '…' : one.name}</text>
            <rect class="plot-done" x={NAME} y={4} width={one.answered * unit} height={HIGH - 8} />
            <rect class="plot-open" x={NAME + one.answered * unit} y={4} width={(one.tips - one.answered) * unit} height={HIGH - 8} />
            <text x={NAME + one.tips * unit + 6} y={HIGH / 2 + 5}>{n('of', { a: one.answered, b: one.tips })}</text>
          </g>
        ))}
      </svg>
    </figure>
  );
}
