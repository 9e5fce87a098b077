/* Words for what the server's types say: one table for each enum, the same on every face. */

import type {
  CallState, Certainty, Disposition, HangUp, IncidentState, Kind, ParticipantRole, ParticipantState,
  ResponderState, Role,
} from './types';
import { say, translator, type Pair } from './i18n';

export const KINDS: Record<Kind, Pair> = {
  UNKNOWN: ['未分类', 'Not categorised'],
  CRIME: ['刑事', 'Crime'],
  ORDER: ['治安', 'Public order'],
  DISPUTE: ['纠纷', 'Dispute'],
  TRAFFIC: ['交通', 'Traffic'],
  LOST: ['走失迷路', 'Lost'],
  RESCUE: ['遇险求助', 'Rescue'],
  FIRE: ['火情', 'Fire'],
  MEDICAL: ['医疗', 'Medical'],
  FRAUD: ['诈骗', 'Fraud'],
  OTHER: ['其他', 'Other'],
};

export const INCIDENT_STATES: Record<IncidentState, Pair> = {
  RAISED: ['等待接听', 'Waiting'],
  ANSWERED: ['已接听', 'Answered'],
  DISPATCHED: ['已派警', 'Dispatched'],
  CLOSED: ['已结束', 'Closed'],
  ABANDONED: ['待回拨', 'To call back'],
};

export const DISPOSITIONS: Record<Disposition, Pair> = {
  RESOLVED: ['已处置', 'Resolved'],
  TRANSFERRED: ['已移交', 'Transferred'],
  ADVICE: ['已答复', 'Advice given'],
  DUPLICATE: ['重复报警', 'Duplicate report'],
  FALSE_ALARM: ['误报', 'False alarm'],
  UNREACHABLE: ['无法联系', 'Could not be reached'],
};

/** Why a caller hung up, when he said so. */
export const HANG_UPS: Record<HangUp, Pair> = {
  MISTAKE: ['按错了', 'pressed by mistake'],
  OTHER_WAY: ['换一种方式联系', 'wants to be reached another way'],
};

export const CALL_STATES: Record<CallState, Pair> = {
  RINGING: ['呼叫中', 'Ringing'],
  ACTIVE: ['通话中', 'In call'],
  ENDED: ['通话已结束', 'Call ended'],
  ABANDONED: ['未接通', 'Not connected'],
};

export const RESPONDER_STATES: Record<ResponderState, Pair> = {
  ASSIGNED: ['已通知', 'Notified'],
  ACKNOWLEDGED: ['已接警', 'Acknowledged'],
  EN_ROUTE: ['在路上', 'On the way'],
  ON_SCENE: ['已到场', 'On scene'],
  CLEARED: ['处置完毕', 'Finished'],
  STOOD_DOWN: ['已撤回', 'Stood down'],
};

export const PARTICIPANT_ROLES: Record<ParticipantRole, Pair> = {
  CALLER: ['报警人', 'Caller'],
  DISPATCHER: ['110 接警员', '110 dispatcher'],
  STATION: ['派出所民警', 'Station officer'],
  GUEST: ['协助人员', 'Guest'],
};

export const PARTICIPANT_STATES: Record<ParticipantState, Pair> = {
  INVITED: ['尚未加入', 'Not in yet'],
  JOINED: ['已加入', 'In the call'],
  AWAY: ['暂离', 'Away'],
  LEFT: ['已离开', 'Left'],
  DECLINED: ['已拒绝', 'Declined'],
};

export const ROLES: Record<Role, Pair> = {
  RESIDENT: ['报警人', 'Caller'],
  DISPATCHER: ['110 接警员', '110 dispatcher'],
  SUPERVISOR: ['值班长', 'Supervisor'],
  STATION_OFFICER: ['派出所民警', 'Station officer'],
  COMMUNITY_OFFICER: ['社区民警', 'Community officer'],
  ADMIN: ['管理员', 'Administrator'],
};

export const CERTAINTIES: Record<Certainty, Pair> = {
  ONE: ['可以确定', 'Certain'],
  BOTH: ['两家均有可能', 'Two are possible'],
  ASK: ['请向报警人核实', 'Ask the caller'],
  DEFAULT: ['辖区外，取最近', 'Outside all areas: the nearest'],
  NONE: ['没有位置', 'No position'],
};

/** Steps of the ladder a participant is on (webrtc/PROTOCOL.md). */
export const RUNGS: Record<string, Pair> = {
  video: ['画面清楚', 'Good picture'],
  small: ['网络较弱，画面已缩小', 'Weak network: smaller picture'],
  audio: ['网络较弱，已转为语音', 'Weak network: voice only'],
  stills: ['网络较弱，每几秒一张照片', 'Weak network: a photo every few seconds'],
  text: ['网络很弱，已转为文字', 'Very weak network: text only'],
};

/** What the report came without; the names of the receipt's `missing`. */
export const MISSING: Record<string, Pair> = {
  position: ['位置', 'position'],
  words: ['说明', 'words'],
  kind: ['类别', 'kind'],
  key: ['编号', 'key'],
  body: ['内容', 'content'],
  lang: ['语言', 'language'],
  device_at: ['时间', 'time'],
  notice: ['告知版本', 'notice'],
  wechat: ['微信身份', 'WeChat identity'],
  silent: ['静音标记', 'silence'],
  words_end: ['说明的结尾', 'the end of the words'],
  'position.lon': ['经度', 'longitude'],
  'position.lat': ['纬度', 'latitude'],
  'position.datum': ['坐标系', 'datum'],
  'position.accuracy': ['位置精度', 'accuracy'],
  'position.altitude': ['海拔', 'altitude'],
  'position.source': ['位置来源', 'source of the position'],
  'position.at': ['定位时间', 'time of the fix'],
};

/** Words that every face says. */
export const shared = {
  language: ['English', '中文'],
  close: ['关闭', 'Close'],
  send: ['发送', 'Send'],
  retry: ['重试', 'Try again'],
  cancel: ['取消', 'Cancel'],
  log_out: ['退出', 'Log out'],
  log_in: ['登录', 'Log in'],
  live_connecting: ['正在连接', 'Connecting'],
  live_live: ['已连接', 'Connected'],
  live_lost: ['连接中断，正在重连', 'Connection lost, reconnecting'],
  live_refused: ['需要重新登录', 'Log in again'],
  store_down: ['数据库暂不可用，报警正在本机保存', 'The store is away; reports are kept on disk'],
  journaled: ['{n} 条报警等待写入', '{n} reports wait to be stored'],
  silent: ['静音报警', 'Silent report'],
  system: ['系统', 'The system'],
} as const;

export const sharedWords = translator(shared);

/** The words for a value of one of the tables above; an unknown value says itself. */
export function word(table: Readonly<Record<string, Pair>>, value: string): string {
  const pair = table[value];
  return pair ? say(pair) : value;
}
