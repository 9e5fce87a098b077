/*
 * Log entries as sentences (docs/log.md). The thread that pages show is this log: `shape` says how an
 * entry is drawn, `sentence` what it says. Text and pictures are drawn by the page itself.
 */

import { listed, say, type Pair, type Values } from './i18n';
import type { EntryView } from './types';
import {
  DISPOSITIONS, HANG_UPS, KINDS, MISSING, PARTICIPANT_ROLES, ROLES, RUNGS, sharedWords, word,
} from './words';

export type Shape = 'text' | 'picture' | 'voice' | 'video' | 'step';
/** What an entry means for whoever looks: the colours of tokens.css. */
export type Tone = 'danger' | 'need' | 'hand' | 'well' | 'over' | 'plain';

export function shape(entry: EntryView): Shape {
  if (entry.what === 'message') return 'text';
  if (entry.what !== 'upload') return 'step';
  const { kind } = entry.data;
  return kind === 'voice' || kind === 'video' ? kind : 'picture';
}

const SENTENCES: Readonly<Record<string, readonly [Tone, Pair]>> = {
  'incident.raised': ['need', ['报警', 'Report raised']],
  'incident.journaled': ['need', ['报警曾暂存于本机，现已写入', 'The report waited on disk and is now stored']],
  'incident.answered': ['hand', ['{who} 已接听', '{who} answered']],
  'incident.taken_over': ['hand', ['{who} 已接手', '{who} took over']],
  'incident.resumed': ['hand', ['{who} 已回到席位', '{who} is back at the desk']],
  'incident.resumed.page': ['hand', ['{name} 已回到席位', '{name} is back at the desk']],
  'incident.resumed.unread': ['hand', ['{who} 已查看新消息', '{who} read what was new']],
  'incident.escalated': ['danger', ['{s} 秒无人接听，已升级', 'Nobody answered for {s} s: escalated']],
  'incident.unattended': ['danger', ['接警员不在通话中，重新呼叫', 'The dispatcher is not in the call: ringing again']],
  'incident.transferred': ['need', ['{who} 已转交 {name}，等待接入', '{who} handed over to {name}, who is being called']],
  'incident.unattended.page': ['danger', ['{name} 的接警台页面已断开，重新呼叫', 'The desk page of {name} is gone: ringing again']],
  'incident.unattended.unread': ['danger', ['新消息 {s} 秒无人查看，重新呼叫', 'Nobody read what is new for {s} s: ringing again']],
  'incident.abandoned': ['need', ['接听前已挂断，等待回拨', 'Hung up before the answer: to be called back']],
  'incident.returned': ['need', ['报警人已返回', 'The caller is back']],
  'incident.reopened': ['need', ['情况有变，重新报警', 'The situation changed: raised again']],
  'caller.hung_up': ['over', ['报警人已挂断', 'The caller hung up']],
  'caller.called_back': ['hand', ['{who} 正在回拨报警人', '{who} is calling the caller back']],
  'caller.silent': ['need', ['报警人不方便说话，转为静音报警', 'The caller cannot speak: a silent report from now on']],
  'caller.contact': ['hand', ['报警人留下联系方式：{contact}', 'The caller left a contact: {contact}']],
  'caller.contact.none': ['over', ['报警人撤回了联系方式', 'The caller took the contact back']],
  'caller.link': ['plain', ['{who} 生成了返回链接', '{who} made a link back into the report']],
  'incident.categorised': ['plain', ['类别：{kind}', 'Category: {kind}']],
  'incident.priority': ['plain', ['已调整优先级', 'Priority set']],
  'incident.note': ['plain', ['备注：{words}', 'Note: {words}']],
  'incident.placed': ['plain', ['已标定事发地点', 'Place of the incident set']],
  'incident.closed': ['over', ['警情已办结：{disposition}', 'Closed: {disposition}']],
  'incident.closed.going': ['over', ['警情已办结：{disposition}；{going} 仍会处置完毕', 'Closed: {disposition}; {going} will still finish']],
  'incident.handed': ['hand', ['交派出所处置：{stations}', 'Handed to the station: {stations}']],
  'incident.taken_back': ['need', ['派出所已撤回，由接警台继续', 'The station was sent back: the desk goes on']],
  position: ['plain', ['位置已更新', 'Position updated']],
  'position.not': ['plain', ['收到位置，未采用', 'Position received, not shown']],
  'position.station': ['need', ['新的位置在 {name} 辖区', 'The new position is in the area of {name}']],
  message: ['plain', ['{text}', '{text}']],
  'station.called': ['need', ['已呼叫 {name}', '{name} was called']],
  'station.called.auto': ['need', ['30 秒内无人接警，系统已自动呼叫 {name}', 'Nobody took it in 30 s: {name} was called automatically']],
  'station.unanswered': ['danger', ['{name} {s} 秒未应答', '{name}: no answer for {s} s']],
  'station.acknowledge': ['hand', ['{name} 已接警', '{name} acknowledged']],
  'station.depart': ['hand', ['{name} 民警已出发', 'Officers of {name} are on the way']],
  'station.arrive': ['well', ['{name} 民警已到场', 'Officers of {name} are on scene']],
  'station.clear': ['well', ['{name} 处置完毕', '{name} finished']],
  'station.stand_down': ['over', ['{name} 已撤回', '{name} stood down']],
  'station.stand_down.closed': ['over', ['{name} 已撤回：警情已办结', '{name} stood down: the case is closed']],
  'station.changed': ['need', ['情况有变，正在告知 {name}', 'The situation changed: {name} is rung']],
  'station.seen': ['hand', ['{name} 已知情况有变', '{name} knows that the situation changed']],
  'participant.invited': ['plain', ['{participant} 可以加入通话', '{participant} may join the call']],
  'participant.joined': ['hand', ['{participant} 已加入通话', '{participant} joined the call']],
  'participant.left': ['over', ['{participant} 已离开通话', '{participant} left the call']],
  'participant.left.lost': ['need', ['{participant} 的通话断开', 'The call of {participant} dropped']],
  'participant.away': ['need', ['{participant} 暂离，正在接另一起', '{participant} is away: answering another call']],
  'participant.back': ['hand', ['{participant} 已回到通话，暂离 {s} 秒', '{participant} is back in the call after {s} s']],
  'participant.admitted': ['plain', ['{who} 获准进入通话', '{who} was let into the call']],
  'participant.removed': ['over', ['{participant} 已移出通话', '{participant} was taken out of the call']],
  'participant.rung': ['need', ['{participant}: {rung}', '{participant}: {rung}']],
  'participant.declined': ['need', ['{name} 不能出警', '{name} cannot come']],
  'call.placed': ['plain', ['通话已分配服务器', 'The call has its server']],
  'call.ended': ['over', ['通话结束', 'The call ended']],
  'call.ended.desk': ['over', ['通话结束，案件继续', 'The call ended; the case goes on']],
  'call.again': ['need', ['{who} 再次呼叫', '{who} calls again']],
  'call.answered': ['hand', ['{who} 已接听再次呼叫', '{who} answered the new call']],
  'recording.sealed': ['plain', ['{role}录像已封存（{s} 秒）', 'Recording of the {role} sealed ({s} s)']],
  'recording.interrupted': ['danger', ['{role}录像中断', 'Recording of the {role} interrupted']],
  'recording.continued': ['need', ['{role}录像已恢复，中断 {s} 秒', 'Recording of the {role} goes on after {s} s']],
  'facts.merged': ['need', ['存储不可用时，{count} 条通话记录合并为最后状态', '{count} facts of the call were merged into the last ones']],
  'incident.opened': ['plain', ['{who} 查看了警情', '{who} opened the incident']],
  'file.opened': ['plain', ['{who} 查看了文件', '{who} opened a file']],
};
export const WHATS = Object.keys(SENTENCES).concat('upload');
/** Left without having said so. */
const LOST = ['media_lost', 'socket_lost', 'media_process_lost'];

/** Under which name the sentence stands: of some entries what their data says decides. */
function nameOf({ what, data }: EntryView): string {
  if (what === 'station.called' && data.auto === true) return 'station.called.auto';
  if (what === 'station.stand_down' && data.reason === 'closed') return 'station.stand_down.closed';
  if ((what === 'incident.unattended' || what === 'incident.resumed') && (data.cause === 'page' || data.cause === 'unread')) return `${what}.${data.cause}`;
  if (what === 'incident.closed' && Array.isArray(data.going_on) && data.going_on.length) return 'incident.closed.going';
  if (what === 'call.ended' && (data.reason === 'desk' || data.reason === 'handed')) return 'call.ended.desk';
  if (what === 'participant.left' && LOST.indexOf(String(data.cause)) >= 0) return 'participant.left.lost';
  if (what === 'position' && data.shown === false) return 'position.not';
  if (what === 'caller.contact' && !data.contact) return 'caller.contact.none';
  return what;
}

const UPLOADS: Record<string, Pair> = {
  picture: ['图片', 'Picture'],
  voice: ['语音', 'Voice message'],
  video: ['视频', 'Video clip'],
};

/** Who wrote it: a name where there is one, else the role; the product itself by what it is. */
export function author(entry: EntryView): string {
  if (entry.who.id === 'system') return sharedWords('system');
  return entry.who.role === 'RESIDENT' ? word(ROLES, 'RESIDENT')
    : entry.who.name || word(ROLES, entry.who.role);
}

export function tone(entry: EntryView): Tone {
  const found = SENTENCES[nameOf(entry)];
  return found ? found[0] : 'plain';
}

const BACK: Pair = ['{participant} 断开 {n} 次，已接回', '{participant} dropped {n} times and is back'];

/** One sentence in the page's language; an unknown entry says its own name. `drops`: shared/reconnects.ts. */
export function sentence(entry: EntryView, drops = 0): string {
  if (drops) return say(BACK, { ...values(entry), n: drops });
  if (entry.what === 'upload') return word(UPLOADS, String(entry.data.kind || 'picture'));
  const found = SENTENCES[nameOf(entry)];
  return found ? say(found[1], values(entry)) + aside(entry) : entry.what;
}

/** What makes an entry another one than it looks: heard by radio, or why he hung up. */
function aside({ what, data, who }: EntryView): string {
  if (data.radio === true) return say(['（电台，{who} 记录）', ' (by radio, recorded by {who})'], { who: who.name });
  const reason = what === 'caller.hung_up' || what === 'incident.abandoned' ? String(data.reason || '') : '';
  return reason ? say(['：{why}', ': {why}'], { why: word(HANG_UPS, reason) }) : '';
}

function values(entry: EntryView): Values {
  const { data } = entry;
  const text = (key: string): string => (data[key] === undefined ? '' : String(data[key]));
  const names = (key: string): string => (Array.isArray(data[key]) ? listed((data[key] as unknown[]).map(String)) : '');
  const role = text('role');
  const name = text('name');
  return {
    who: author(entry),
    text: text('text'),
    contact: text('contact'),
    words: text('words'),
    name,
    kind: word(KINDS, text('kind')),
    disposition: word(DISPOSITIONS, text('disposition')),
    role: word(PARTICIPANT_ROLES, role),
    participant: role === 'CALLER' || !name ? word(PARTICIPANT_ROLES, role) : name,
    rung: word(RUNGS, text('rung')),
    count: text('count'),
    going: names('going_on'),
    stations: names('stations'),
    s: Math.round(data.seconds !== undefined ? Number(data.seconds) : Number(data.waited_ms || 0) / 1000),
  };
}

/** The parts a report came without, in words. */
export function missingWords(missing: readonly string[]): string {
  return listed(missing.map((one) => word(MISSING, one)));
}
