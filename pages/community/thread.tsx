import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/icons';
import { showing } from '../shared/clips';
import { ago, exact } from '../shared/clock';
import { degrees } from '../shared/geo';
import { say } from '../shared/i18n';
import { possibleAreas } from '../shared/possible';
import type { TipCategory, TipEntryView, TipIncidentView, TipThread, TipView } from '../shared/tips';
import { INCIDENT_STATES, word } from '../shared/words';
import { Clip } from './clip';
import type { Desk } from './desk';
import { advice, due, fate, NEXT, overdue, short, tone, undelivered } from './inbox';
import { Labels } from './labels';
import { l, labelText } from './labelwords';
import { useLoad } from './load';
import { Back, Bones, Chip, Dialog, Failing, Old } from './pieces';
import { Acts } from './reply';
import { hashOf } from './route';
import { SameEvent } from './event';
import { Sign } from './sign';
import { useViewers, Viewers } from './viewers';
import { t } from './words';

const AGAIN_MS = 5000;
const FOLLOW_MS = 15_000;

/** One tip as a conversation, with what has to be done next. */
export function Thread({ desk, id }: { desk: Desk; id: string }) {
  const thread = useLoad(id, useSeen(desk.revision.tips), () => desk.api.get<TipThread>('/tips/' + encodeURIComponent(id)));
  const { data } = thread;
  const sending = data !== null && (data.tip.told === 'WAITING' || data.sending.some((one) => one.state === 'QUEUED' || one.state === 'SENDING'));
  const moves = data !== null && data.followed !== null && data.followed.state !== 'CLOSED';
  useEffect(() => {
    // Nothing in the feed says that a message went out, nor what becomes of the incident: it does not say whose.
    if ((!sending && !moves) || document.visibilityState === 'hidden') return undefined;
    const timer = setTimeout(thread.again, sending ? AGAIN_MS : FOLLOW_MS);
    return () => clearTimeout(timer);
  });
  const draft = desk.drafts.get<{ text: string }>('tip/' + id);
  const viewers = useViewers(desk, id, data !== null, Boolean(draft && draft.text.trim()));
  const box = useRef<HTMLDivElement>(null);
  const lines = data ? data.entries.filter((entry) => entry.what in REPLIES || entry.what === 'tip.noted' || entry.who.role === 'RESIDENT').length : 0;
  useEffect(() => {
    // A conversation is read from its end; somebody's looking at it does not move it.
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, data && data.tip.next, data && data.tip.officer]);
  if (!data) {
    return (
      <>
        <header class="detail-head"><Back href={hashOf('tips')} /></header>
        {thread.fault ? <Failing fault={thread.fault} again={thread.again} /> : <Bones count={3} />}
      </>
    );
  }
  const { tip } = data;
  return (
    <>
      <header class="detail-head">
        <Back href={hashOf('tips')} />
        <div class="detail-title"><h1>{tip.number}</h1><span>{tip.community_name || tip.station_name}</span></div>
        <span class="chips">{tip.urgent && <Chip tone="danger">{t('urgent_tip')}</Chip>}<Chip tone={tone(tip)}>{say(NEXT[tip.next])}</Chip>{undelivered(tip) && <Chip tone="need">{undelivered(tip)}</Chip>}</span>
      </header>
      <div class="scroll thread" ref={box} data-testid="thread">
        <Old fault={thread.fault} again={thread.again} />
        <Facts tip={tip} named={data.named} followed={data.followed} />
        <Labels desk={desk} tip={tip} put={thread.put} />
        <SameEvent desk={desk} tip={tip} again={thread.again} />
        <ol>{data.entries.filter((entry) => !LOOKS.includes(entry.what)).map((entry) => <Entry key={entry.seq} desk={desk} tip={tip} entry={entry} thread={data} />)}</ol>
        <Looks tip={tip} entries={data.entries.filter((entry) => LOOKS.includes(entry.what))} />
        <p class={'advice tone-' + tone(tip)}>{advice(tip)}</p>
        <Viewers people={viewers} tip={tip} />
      </div>
      <Acts desk={desk} tip={tip} put={thread.put} again={thread.again} />
    </>
  );
}

/** The revision as of when the page was last in sight: what nobody sees is not read, or the log would say
 * that he looked. */
function useSeen(revision: number): number {
  const seen = useRef(revision);
  const [, draw] = useState(0);
  if (document.visibilityState !== 'hidden') seen.current = revision;
  useEffect(() => {
    const turn = (): void => draw((n) => n + 1);
    document.addEventListener('visibilitychange', turn);
    return () => document.removeEventListener('visibilitychange', turn);
  }, []);
  return seen.current;
}

function Facts({ tip, named, followed }: { tip: TipView; named: string; followed: TipIncidentView | null }) {
  const { position } = tip;
  return (
    <div class="facts">
      <p><Icon name={tip.anonymous ? 'hidden' : 'eye'} size={20} /><span>{named ? t('named', { n: named }) : t('anonymous_long')}</span></p>
      {position && (
        <p><Icon name="place" size={20} /><span>{[tip.place, possibleAreas(tip.areas)].filter(Boolean).join(' · ') || degrees(position)}</span>
          <a class="button small" target="_blank" rel="noopener noreferrer" data-testid="open-map"
            href={`https://uri.amap.com/marker?position=${position.lon},${position.lat}&coordinate=wgs84&name=${encodeURIComponent(tip.number)}`}>
            <Icon name="open" size={18} />{t('on_map')}</a></p>
      )}
      {followed && (
        <p data-testid="followed"><Icon name="bell" size={20} /><span>{t(followed.closed_at ? 'followed_closed' : 'followed', {
          n: followed.number, s: word(INCIDENT_STATES, followed.state), t: followed.closed_at ? exact(followed.closed_at) : '' })}</span></p>
      )}
      {tip.due_at !== null && <p data-testid="due"><Sign name="clock" size={20} /><span class={overdue(tip) ? 'due late' : 'due'}>{due(tip)} · {t('due_by', { t: exact(tip.due_at) })}</span></p>}
      {tip.reopened > 0 && <p><Icon name="flip" size={20} /><span>{t('reopened', { n: tip.reopened })}</span></p>}
    </div>
  );
}

/** Who looked at it is on record, and not part of the conversation. */
const LOOKS: readonly string[] = ['tip.opened', 'file.opened'];

function Looks({ tip, entries }: { tip: TipView; entries: TipEntryView[] }) {
  if (!entries.length) return null;
  return (
    <details class="looks"><summary>{t('looks', { n: entries.length })}</summary>
      <ul>{entries.map((entry) => <li key={entry.seq} class="event"><span>{sentence(entry, tip)}</span><time title={exact(entry.at)}>{ago(entry.at)}</time></li>)}</ul></details>
  );
}

const REPLIES: Record<string, 'asked' | 'answered' | 'closed_with' | 'rejected_with' | 'supplemented' | 'reopened_by'> = {
  'tip.asked': 'asked', 'tip.answered': 'answered', 'tip.closed': 'closed_with', 'tip.rejected': 'rejected_with',
  'tip.supplemented': 'supplemented', 'tip.reopened': 'reopened_by',
};

function Entry({ desk, tip, entry, thread }: { desk: Desk; tip: TipView; entry: TipEntryView; thread: TipThread }) {
  const time = <time title={exact(entry.at)}>{ago(entry.at)}</time>;
  const words = entry.damaged ? <em>{t('damaged')}</em> : entry.text;
  if (entry.what === 'message' || entry.what === 'upload' || entry.what === 'position') {
    return (
      <li class="said">
        {entry.what === 'upload' && (showing(entry.data) !== 'picture' ? <Clip tip={tip.id} data={entry.data} />
          : <Picture desk={desk} tip={tip.id} file={String(entry.data.file)} width={Number(entry.data.width)} height={Number(entry.data.height)} />)}
        {entry.what === 'position' && <Spot entry={entry} number={tip.number} />}
        {words && <p>{words}</p>}
        <span class="by">{t('teller')} · {time}</span>
      </li>
    );
  }
  const kind = REPLIES[entry.what];
  if (kind) {
    const last = [...thread.entries].reverse().find((one) => one.what in REPLIES);
    const how = fate(entry, thread.sending, tip.told === 'WAITING' && last !== undefined && last.seq === entry.seq);
    return (
      <li class="said ours">
        <p><b>{t(kind)}</b>{words}</p>
        <span class="by">{short(entry.who.name, tip.station_name)} · {time}</span>
        {how && <span class={'fate tone-' + how.tone}>{how.tone === 'well' ? <Icon name="check" size={16} /> : <Sign name="clock" size={16} />}{how.words}</span>}
      </li>
    );
  }
  if (entry.what === 'tip.noted') {
    return (
      <li class="said ours noted" data-testid="noted">
        <p><b>{t('note')}</b>{words}</p>
        <span class="by">{short(entry.who.name, tip.station_name)} · {time}</span>
      </li>
    );
  }
  return <li class="event"><span>{sentence(entry, tip)}</span>{words && <q>{words}</q>}{time}</li>;
}

function sentence(entry: TipEntryView, tip: TipView): string {
  const { data } = entry;
  const n = short(entry.who.name, tip.station_name);
  switch (entry.what) {
    case 'tip.submitted': return t('e_submitted');
    case 'tip.assigned': return t('e_assigned', { s: data.station === tip.station ? tip.community_name || tip.station_name : String(data.station) });
    case 'tip.taken': return t('e_taken', { n });
    case 'tip.taken_over': return t('e_taken_over', { n, b: short(String(data.name), tip.station_name) });
    case 'tip.reassigned': return t('e_reassigned', { n, o: short(String(data.to), tip.station_name) });
    case 'tip.given': return t('e_given', { b: short(String(data.name), tip.station_name), o: short(String(data.to), tip.station_name) });
    case 'tip.released': return t('e_released', { b: short(String(data.name), tip.station_name) });
    case 'tip.offered': return t('e_offered');
    case 'tip.handed_over': return t('e_handed', { n });
    case 'tip.called_back': return t('e_called_back', { n });
    case 'tip.became_incident': return t('e_incident', { n, i: String(data.number) });
    case 'tip.opened': return t('e_opened', { n });
    case 'file.opened': return t('e_file', { n });
    case 'tip.marked': return data.urgent ? (entry.who.id === 'system' ? t('e_urgent_words') : t('e_urgent', { n })) : t('e_not_urgent', { n });
    case 'tip.linked': return t('e_linked', { n, i: String(data.number) });
    case 'tip.parted': return t('e_parted', { n });
    case 'tip.labelled': return labelled(data, n);
    case 'tip.overdue': return t(data.level === 1 ? 'e_overdue' : 'e_overdue_above');
    case 'tip.solved': return t('e_solved');
    case 'tip.not_solved': return t('e_not_solved');
    default: return entry.what;
  }
}

function labelled(data: TipEntryView['data'], n: string): string {
  const x = labelText((data.category || '') as TipCategory, Array.isArray(data.tags) ? data.tags.map(String) : []);
  return x ? l('e_labelled', { n, x }) : l('e_cleared', { n });
}

function Spot({ entry, number }: { entry: TipEntryView; number: string }) {
  const { lon, lat } = entry.data;
  return (
    <a class="button small" target="_blank" rel="noopener noreferrer"
      href={`https://uri.amap.com/marker?position=${Number(lon)},${Number(lat)}&coordinate=wgs84&name=${encodeURIComponent(number)}`}>
      <Icon name="place" size={18} />{t('position_sent')}</a>
  );
}

function Picture({ desk, tip, file, width, height }: { desk: Desk; tip: string; file: string; width: number; height: number }) {
  const [url, setUrl] = useState('');
  const [failed, setFailed] = useState(false);
  const [large, setLarge] = useState(false);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let made = '';
    setFailed(false);
    desk.api.blob(`/tips/${tip}/files/${file}`).then((blob) => {
      made = URL.createObjectURL(blob);
      setUrl(made);
    }, () => setFailed(true));
    return () => { if (made) URL.revokeObjectURL(made); };
  }, [tip, file, turn]);
  // Its place is kept while it loads, so that nothing below it moves.
  const shape = { aspectRatio: width && height ? `${width} / ${height}` : '4 / 3' };
  if (failed) return <button type="button" class="picture" style={shape} onClick={() => setTurn((n) => n + 1)}>{t('picture_failed')}</button>;
  return (
    <>
      <button type="button" class="picture" style={shape} disabled={!url} onClick={() => setLarge(true)} data-testid="picture">
        {url ? <img src={url} alt={t('picture_of')} /> : <span class="spoken">{t('loading')}</span>}
      </button>
      {large && <Dialog head={t('picture_of')} close={() => setLarge(false)}><img class="picture-large" src={url} alt={t('picture_of')} /></Dialog>}
    </>
  );
}
