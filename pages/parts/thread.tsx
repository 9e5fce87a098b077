import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Api } from '../shared/api';
import { clipName, clipWords, savedAs, showing } from '../shared/clips';
import { ago, exact, timeOfDay } from '../shared/clock';
import { faultWords } from '../shared/fault';
import { translator } from '../shared/i18n';
import type { Outbox, Pending } from '../shared/outbox';
import { questionOf } from '../shared/questions';
import { lastSaid, type Reading } from '../shared/reading';
import { foldReconnects, unfolded } from '../shared/reconnects';
import { author, sentence, shape, tone } from '../shared/sentences';
import type { EntryView } from '../shared/types';
import { sharedWords } from '../shared/words';

const t = translator({
  waiting: ['等待发送', 'Waiting to be sent'],
  sending: ['正在发送…', 'Sending…'],
  sent: ['已送达', 'Delivered'],
  failed: ['发送失败', 'Not sent'],
  picture: ['图片', 'Picture'],
  loading: ['正在打开…', 'Opening…'],
  open: ['点按查看', 'Tap to see'],
  listen: ['点按收听', 'Tap to listen'],
  drop: ['删除', 'Delete'],
  thread: ['对话与记录', 'Conversation and log'],
  me: ['我', 'Me'],
});

interface Props {
  api: Api;
  /** '/my' or '/incidents/<id>' */
  path: string;
  entries: readonly EntryView[];
  outbox: Outbox;
  mine: (entry: EntryView) => boolean;
  /** Told what stands on the screen. */
  reading?: Reading | null;
  /** What became of a line of ours. */
  arrived?: (entry: EntryView) => string;
  /** Without sound: voices and clips are named, not offered. */
  soundless?: boolean;
  empty: string;
}

/** The thread: text, pictures, voices and the steps of the incident in one order. */
export function Thread({ api, path, entries, outbox, mine, reading, arrived, soundless, empty }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const inSight = useRef(true);
  const count = entries.length + outbox.items.length;
  const follow = (): void => {
    const { current } = box;
    if (current && atEnd.current) current.scrollTop = current.scrollHeight;
  };
  useLayoutEffect(follow, [count]);
  const said = lastSaid(entries, mine);
  const look = (): void => { if (reading && atEnd.current && inSight.current) reading.read(said); };
  const looking = useRef(look);
  looking.current = look;
  useEffect(() => {
    if (reading) reading.received(said);
    look();
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [said, reading]);
  useEffect(() => {
    if (!box.current || typeof ResizeObserver === 'undefined') return undefined;
    // A keyboard opens, a phone is turned: what was said last stays in view.
    const observer = new ResizeObserver(follow);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (!box.current || typeof IntersectionObserver === 'undefined') return undefined;
    // A pane that was swiped away is not read.
    const sight = new IntersectionObserver((seen) => {
      inSight.current = seen[seen.length - 1].intersectionRatio > 0;
      looking.current();
    }, { threshold: [0, .05] });
    sight.observe(box.current);
    return () => sight.disconnect();
  }, []);
  const scrolled = (): void => {
    const { current } = box;
    if (current) atEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < 60;
    look();
  };
  return (
    <div class="thread" ref={box} onScroll={scrolled} data-testid="thread" role="log" aria-label={t('thread')}
      tabIndex={0}>
      {!count && <p class="thread-empty">{empty}</p>}
      {foldReconnects(unfolded(entries)).map(({ entry, drops }) => (
        <Line key={entry.seq} entry={entry} drops={drops} asked={questionOf(entries, entry)} mine={mine(entry)} api={api} path={path}
          own={outbox.own} soundless={soundless} arrived={arrived} />
      ))}
      {outbox.items.map((item) => <Unsent key={item.key} item={item} outbox={outbox} />)}
    </div>
  );
}

interface LineProps {
  entry: EntryView;
  drops: number;
  /** The question that it answers. */
  asked: string;
  mine: boolean;
  api: Api;
  path: string;
  own: ReadonlyMap<string, string>;
  soundless?: boolean;
  arrived?: (entry: EntryView) => string;
}

function Line({ entry, drops, asked, mine, api, path, own, soundless, arrived }: LineProps) {
  const kind = shape(entry);
  if (kind === 'step') {
    const said = entry.what === 'incident.raised' && entry.data.words ? String(entry.data.words) : '';
    return (
      <p class={'step-line tone-' + tone(entry)} title={exact(entry.at)} data-what={entry.what}>
        <i aria-hidden="true" /><span>{sentence(entry, drops)}{said && <q>{said}</q>}</span>
        <time>{timeOfDay(entry.at)}</time>
      </p>
    );
  }
  return (
    <div class={mine ? 'said mine' : 'said'} data-what={entry.what}>
      <span class="said-by">{mine ? t('me') : author(entry)} · <time title={exact(entry.at)}>{ago(entry.at)}</time>
        {mine && arrived && <i data-testid="arrived"> · {arrived(entry)}</i>}</span>
      {kind === 'text' ? <div class="bubble">{asked && <q class="asked-what">{asked}</q>}{sentence(entry)}</div>
        : soundless && kind !== 'picture' ? <div class="bubble">{sentence(entry)}</div>
          : <FileBubble kind={kind} entry={entry} api={api} path={path} own={own} />}
    </div>
  );
}

const opened = new Map<string, string>();

/** A file of a thread: pictures open by themselves, voice and video when they are pressed. */
export function FileBubble({ kind, entry, api, path, own }: { kind: string } & Omit<LineProps, 'mine' | 'arrived' | 'drops' | 'asked'>) {
  const file = String(entry.data.file);
  const [url, setUrl] = useState(own.get(file) || opened.get(file) || '');
  const [state, setState] = useState('');
  const [broken, setBroken] = useState(false);
  const open = (): void => {
    setState(t('loading'));
    api.blob(path + '/files/' + file).then((blob) => {
      const address = URL.createObjectURL(blob);
      opened.set(file, address);
      setUrl(address);
      setState('');
    }, (error) => setState(faultWords(error)));
  };
  useEffect(() => { if (!url && kind === 'picture') open(); }, []);
  if (url && kind === 'picture') {
    return <a class="bubble file" href={url} target="_blank" rel="noopener"><img src={url} alt={t('picture')} /></a>;
  }
  const name = kind === 'picture' ? sentence(entry) : clipName(entry.data);
  const saved = kind !== 'picture' && (broken || showing(entry.data) === 'saved');
  if (url && saved) return <a class="bubble file-closed" href={url} download={savedAs(entry.data)}>{name} · {clipWords('save')}</a>;
  const unplayed = (): void => setBroken(true);
  if (url && kind === 'voice') return <div class="bubble file"><audio src={url} controls preload="metadata" aria-label={name} onError={unplayed} /></div>;
  if (url) return <div class="bubble file"><video src={url} controls playsInline preload="metadata" aria-label={name} onError={unplayed} /></div>;
  return (
    <button type="button" class={'bubble file-closed ' + kind} onClick={open}>
      {name} · {state || (saved ? clipWords('cannot') : t(kind === 'voice' ? 'listen' : 'open'))}
    </button>
  );
}

function Unsent({ item, outbox }: { item: Pending; outbox: Outbox }) {
  const failed = item.state === 'failed';
  const words = failed ? t('failed') + (item.fault ? ': ' + item.fault.words : '')
    : item.state === 'sending' && item.fault ? item.fault.words + ' · ' + t('waiting')
      : t(item.state);
  return (
    <div class={'said mine unsent ' + item.state} data-state={item.state}>
      <span class="said-by" role="status">{words}</span>
      {item.piece === 'text' && <div class="bubble">{item.text}</div>}
      {item.piece === 'picture' && <div class="bubble file"><img src={item.url} alt={t('picture')} /></div>}
      {item.piece === 'voice' && <div class="bubble file"><audio src={item.url} controls /></div>}
      {item.blob && item.state === 'sending' && (
        <progress max={1} value={item.share} aria-label={t('sending')} />
      )}
      {failed && (
        <span class="unsent-acts">
          <button type="button" onClick={() => outbox.retry(item.key)}>{sharedWords('retry')}</button>
          <button type="button" onClick={() => outbox.drop(item.key)}>{t('drop')}</button>
        </span>
      )}
    </div>
  );
}
