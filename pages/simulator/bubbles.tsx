/* What a chat is made of: bubbles of every kind the platforms know. */

import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t, type Word } from './words';
import { clock, type Line } from './world';

/** Whose eyes a link is opened with. */
export type Eyes = { openid: string } | { userid: string };

export function linkFor(eyes: Eyes, url: string): string {
  if (url.startsWith('tel:')) return url;
  return '/sim/open?' + new URLSearchParams({ ...eyes, url }).toString();
}

const PIECES = /<a\s+href=["']([^"']+)["'][^>]*>(.*?)<\/a>|(https?:\/\/[^\s<>"']+)/gs;

/** Text with the two kinds of links the platforms draw; everything else stays text. */
export function Prose(props: { text: string; eyes: Eyes }): JSX.Element {
  const parts: ComponentChildren[] = [];
  let from = 0;
  for (const found of props.text.matchAll(PIECES)) {
    parts.push(props.text.slice(from, found.index));
    const url = found[1] ?? found[3]!;
    parts.push(<Link eyes={props.eyes} url={url}>{found[2] ?? url}</Link>);
    from = found.index + found[0].length;
  }
  parts.push(props.text.slice(from));
  return <span class="prose">{parts}</span>;
}

export function Link(props: { eyes: Eyes; url: string; class?: string; children: ComponentChildren }): JSX.Element {
  return (
    <a class={props.class} href={linkFor(props.eyes, props.url)} target="_blank" rel="noopener">
      {props.children}
    </a>
  );
}

const media = (id: string): string => '/sim/media/' + encodeURIComponent(id);

interface Part {
  line: Line;
  eyes: Eyes;
  onMenu?: (id: string, content: string) => void;
  onPress?: (msgid: string, key: string) => void;
}

function Article(props: { eyes: Eyes; title: string; text: string; url: string; picture: string }): JSX.Element {
  return (
    <Link class="article" eyes={props.eyes} url={props.url}>
      <b>{props.title}</b>
      <span class="article-row">
        <span>{props.text}</span>
        {props.picture ? <img src={props.picture} alt="" /> : <i class="article-mark" />}
      </span>
    </Link>
  );
}

function Place(props: { latitude: number; longitude: number; label: string }): JSX.Element {
  return (
    <div class="place">
      <b>{props.label || t('position')}</b>
      <small>{props.latitude.toFixed(5)}, {props.longitude.toFixed(5)}</small>
      <i />
    </div>
  );
}

function Template(props: Part): JSX.Element {
  const { data } = props.line;
  const rows = Object.entries(data['data'] as Record<string, { value: string }>);
  const inner = (
    <>
      <small class="quiet">{t(props.line.kind === 'subscribe' ? 'subscribed' : 'template')} · {String(data['template_id'])}</small>
      <dl>
        {rows.map(([name, one]) => (
          <>
            <dt>{name}</dt>
            <dd>{one.value}</dd>
          </>
        ))}
      </dl>
    </>
  );
  const url = String(data['url'] || data['page'] || '');
  return url ? <Link class="card" eyes={props.eyes} url={url}>{inner}</Link> : <div class="card">{inner}</div>;
}

function Card(props: Part): JSX.Element {
  const { data } = props.line;
  const title = data['main_title'] ?? {};
  const jump = data['card_action']?.url as string | undefined;
  return (
    <div class="card">
      {data['source']?.desc && <small class="quiet">{data['source'].desc}</small>}
      <b class="card-title">{title.title}</b>
      {title.desc && <span class="quiet">{title.desc}</span>}
      {data['sub_title_text'] && <p>{data['sub_title_text']}</p>}
      {data['quote_area'] && <blockquote>{data['quote_area'].title} {data['quote_area'].quote_text}</blockquote>}
      <dl>
        {((data['horizontal_content_list'] ?? []) as any[]).map((one) => (
          <>
            <dt>{one.keyname}</dt>
            <dd>{one.url ? <Link eyes={props.eyes} url={one.url}>{one.value || one.url}</Link> : one.value}</dd>
          </>
        ))}
      </dl>
      {jump && <Link class="card-more" eyes={props.eyes} url={jump}>{t('pageOf')} ›</Link>}
      <div class="card-buttons">
        {data['replace_name'] ? (
          <button disabled>{String(data['replace_name'])}</button>
        ) : (
          ((data['button_list'] ?? []) as any[]).map((one) => {
            const look = 'style-' + (one.style ?? 1);
            return one.type === 1 ? (
              <Link class={'button ' + look} eyes={props.eyes} url={one.url}>{one.text}</Link>
            ) : (
              <button class={look} onClick={() => props.onPress?.(data['msgid'], one.key)}>{one.text}</button>
            );
          })
        )}
      </div>
    </div>
  );
}

function Mass(props: Part): JSX.Element {
  const { data } = props.line;
  return (
    <>
      {data['text']?.content && <Prose text={data['text'].content} eyes={props.eyes} />}
      {((data['attachments'] ?? []) as any[]).map((one) => <Attachment one={one} eyes={props.eyes} />)}
    </>
  );
}

export function Attachment(props: { one: Record<string, any>; eyes: Eyes }): JSX.Element {
  const kind = String(props.one['msgtype']);
  const part = props.one[kind] ?? {};
  if (kind === 'link')
    return <Article eyes={props.eyes} title={part.title} text={part.desc ?? ''} url={part.url} picture={part.picurl ?? ''} />;
  if (kind === 'image' && part.media_id) return <img class="photo" src={media(part.media_id)} alt="" />;
  return <span class="quiet">[{kind}] {part.title ?? ''}</span>;
}

/** The inside of a bubble. */
export function Inside(props: Part): JSX.Element {
  const { kind, data } = props.line;
  const text = String(data['content'] ?? data['Content'] ?? '');
  const id = String(data['media_id'] ?? data['Image']?.MediaId ?? data['Voice']?.MediaId ?? '');
  if (kind === 'text' || kind === 'markdown') return <Prose text={text} eyes={props.eyes} />;
  if (kind === 'image') return <img class="photo" src={media(id)} alt={t('picture')} />;
  if (kind === 'voice') return <a class="sound" href={media(id)}>◖)) {t('voice')}</a>;
  if (kind === 'video' || kind === 'shortvideo') return <a class="sound" href={media(id)}>▶ {t('video')}</a>;
  if (kind === 'location') return <Place latitude={data['latitude']} longitude={data['longitude']} label={data['label']} />;
  if (kind === 'link' || kind === 'textcard')
    return <Article eyes={props.eyes} title={data['title']} text={String(data['description'] ?? '').replace(/<[^>]+>/g, ' ')} url={data['url']} picture="" />;
  if (kind === 'news') {
    const list = data['articles'] ?? [data['Articles']?.item].flat();
    return (
      <>
        {(list as any[]).map((one) => (
          <Article eyes={props.eyes} title={one.title ?? one.Title} text={one.description ?? one.Description ?? ''} url={one.url ?? one.Url} picture={one.picurl ?? one.PicUrl ?? ''} />
        ))}
      </>
    );
  }
  if (kind === 'msgmenu')
    return (
      <div class="choices">
        <Prose text={String(data['head_content'] ?? '')} eyes={props.eyes} />
        {(data['list'] as any[]).map((one) => (
          <button class="choice" onClick={() => props.onMenu?.(one.id, one.content)}>{one.content}</button>
        ))}
        <Prose text={String(data['tail_content'] ?? '')} eyes={props.eyes} />
      </div>
    );
  if (kind === 'template' || kind === 'subscribe') return <Template {...props} />;
  if (kind === 'template_card') return <Card {...props} />;
  if (kind === 'mass' || kind === 'welcome') return <Mass {...props} />;
  return <span class="quiet">[{kind}] {String(data['title'] ?? '')}</span>;
}

const BARE = ['image', 'location', 'link', 'textcard', 'news', 'template', 'subscribe', 'template_card'];
const NOTICES: Record<string, () => string> = {
  recall: () => t('recalled'),
  mass_reminder: () => t('reminder'),
  group_welcome: () => t('welcomeApplied'),
};

/** A line in a list of chats. */
export function glimpse(line: Line): string {
  const text = line.data['content'] ?? line.data['Content'] ?? line.data['text']?.content;
  if (text) return String(text).replace(/<[^>]+>/g, '');
  const known: Record<string, Word> = {
    image: 'picture', voice: 'voice', video: 'video', shortvideo: 'video', location: 'position',
    template: 'template', subscribe: 'template', link: 'link', news: 'link', textcard: 'link',
  };
  const word = known[line.kind];
  return `[${word ? t(word) : t('messages')}]`;
}

interface ChatProps extends Omit<Part, 'line'> {
  lines: Line[];
  mine: string;
  face: (who: string) => { name: string; class: string };
  named?: boolean;
}

/** A chat that stays at its end while somebody reads there. */
export function Chat(props: ChatProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const last = props.lines[props.lines.length - 1]?.seq;
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [last]);
  let before = 0;
  return (
    <div class="chat" ref={box}>
      {props.lines.map((line) => {
        const gap = line.at - before > 300;
        before = line.at;
        const mine = line.who === props.mine;
        const face = props.face(line.who);
        return (
          <div key={line.seq}>
            {gap && <p class="grey">{clock(line.at)}</p>}
            {line.who === 'notice' ? (
              <p class="grey">{NOTICES[line.kind]?.() ?? String(line.data['content'] ?? '')}</p>
            ) : (
              <div class={'row' + (mine ? ' mine' : '')}>
                <i class={'face ' + face.class}>{face.name.slice(0, 1)}</i>
                <div class="said">
                  {props.named && !mine && <small>{face.name}</small>}
                  <div class={'bubble' + (BARE.includes(line.kind) ? ' bare' : '')}>
                    <Inside {...props} line={line} />
                  </div>
                </div>
              </div>
            )}
          </div>
        );
      })}
    </div>
  );
}
