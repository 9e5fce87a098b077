import { useState } from 'preact/hooks';
import { Icon } from '../parts/icons';
import { now } from '../shared/clock';
import type { NoticeCalendar, PlannedNotice } from '../shared/recurring';
import { daysOf, monthBy, timeIn, type Day } from './calendar';
import type { Desk } from './desk';
import { useLoad } from './load';
import { monthsBefore } from './months';
import { STATE_TONES } from './notices';
import { Back, Bones, Failing, Old } from './pieces';
import { WEEKDAYS } from './recurrence';
import { r } from './recurwords';
import { hashOf } from './route';
import { t } from './words';

/** What goes out in a month: all its days on a wide screen, those with something on a phone. */
export function Calendar({ desk }: { desk: Desk }) {
  const [present] = monthsBefore(now(), 1);
  const [month, setMonth] = useState(present);
  const loaded = useLoad('calendar ' + month, desk.revision.notices, () => desk.api.get<NoticeCalendar>('/notices/calendar?month=' + month));
  const { data } = loaded;
  const days = data ? daysOf(month, data.planned, now()) : [];
  return (
    <>
      <header class="detail-head"><Back href={hashOf('notices')} /><div class="detail-title"><h1>{r('calendar')}</h1></div></header>
      <div class="scroll calendar" data-testid="calendar">
        <div class="calendar-head">
          <button type="button" class="icon-button" aria-label={r('month_before')} onClick={() => setMonth((was) => monthBy(was, -1))} data-testid="month-before"><Icon name="back" /></button>
          <h2 aria-live="polite" data-testid="month">{r('month', { y: month.slice(0, 4), m: Number(month.slice(5)) })}</h2>
          <button type="button" class="icon-button after" aria-label={r('month_after')} onClick={() => setMonth((was) => monthBy(was, 1))} data-testid="month-after"><Icon name="back" /></button>
          <button type="button" class="button small" disabled={month === present} onClick={() => setMonth(present)}>{r('month_now')}</button>
        </div>
        <p class="dim">{r('calendar_hint')}</p>
        <Old fault={data && loaded.fault} again={loaded.again} />
        {!data && (loaded.fault ? <Failing fault={loaded.fault} again={loaded.again} /> : <Bones count={3} />)}
        {data && data.more && <p class="advice tone-need">{r('calendar_more', { n: data.planned.length })}</p>}
        {data && !data.planned.length && <p class="dim" data-testid="calendar-none">{r('calendar_none')}</p>}
        {data && <ol class="month" aria-label={r('month', { y: month.slice(0, 4), m: Number(month.slice(5)) })}>{days.map((day) => <OneDay key={day.date} day={day} month={month} />)}</ol>}
      </div>
    </>
  );
}

function OneDay({ day, month }: { day: Day; month: string }) {
  const column = day.date === 1 ? { gridColumnStart: WEEKDAYS[day.weekday] + 1 } : undefined;
  return (
    <li class={'day' + (day.planned.length ? '' : ' nothing')} style={column} aria-current={day.today ? 'date' : undefined} data-testid={day.planned.length ? 'day' : undefined}>
      <h3><time dateTime={`${month}-${String(day.date).padStart(2, '0')}`}>{r('day_of', { n: day.date })}</time> <small>{r(`d${day.weekday as 0}`)}{day.today && ' · ' + r('today')}</small></h3>
      {day.planned.length > 0 && <ul>{day.planned.map((one) => <li key={one.id + one.at}><Planned one={one} /></li>)}</ul>}
    </li>
  );
}

/** A notice, or what a rule will make. */
function Planned({ one }: { one: PlannedNotice }) {
  const state = one.state ? t(`s_${one.state}`) : r('to_be_made');
  return (
    <a class={'planned tone-' + (one.state ? STATE_TONES[one.state] : 'over')} href={one.state ? hashOf('notices', one.id) : hashOf('notices', 'recurring')} data-testid="planned">
      <span>{timeIn(one.at)} <b>{one.title}</b></span><small>{[state, one.urgent ? t('urgent') : '', t('community_count', { n: one.communities })].filter(Boolean).join(' · ')}</small></a>
  );
}
