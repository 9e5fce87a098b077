/* What the desk says of the end of a call and of a case. */
import type { Words } from '../shared/i18n';

export const ends = {
  'ends.do': ['结束通话', 'End the call'],
  'ends.title': ['结束通话', 'End the call'],
  'ends.keep': ['结束通话，案件继续', 'End the call; the case goes on'],
  'ends.keep.text': ['警情仍在您手上，报警人可以写字，也可以再次呼叫您。', 'It stays in your hands; the caller can write, and call you again.'],
  'ends.hand': ['交派出所处置', 'Hand to the station'],
  'ends.hand.text': ['{names} 报告处置完毕后，警情自动办结。', 'When {names} reports that it is done, the case is closed.'],
  'ends.hand.none': ['派出所接警后才能交其处置。', 'Possible once a station has taken it.'],
  'ends.caller': ['报警人会看到通话已结束、案件没有结束，以及由谁继续。', 'The caller reads that the call is over, that the case is not, and who goes on.'],
  'ends.over': ['通话已结束，案件继续', 'The call is over; the case goes on'],
  'ends.handed': ['通话已结束，交派出所处置：{names}', 'The call is over; the station finishes it: {names}'],
  'ends.again': ['报警人再次呼叫，请接听', 'The caller calls again: answer'],
  'ends.back': ['再次呼叫报警人', 'Call the caller again'],
  'ends.back.silent': ['再次接通（对方不会响铃）', 'Connect again (nothing rings there)'],

  'card.ended': ['通话已结束', 'Call over'],
  'card.handed': ['交派出所处置', 'With the station'],
  'card.calls': ['再次呼叫', 'Calls again'],
  'card.going': ['{name} {state}', '{name}: {state}'],
  'case.going': ['已办结，出警未完', 'Closed, not finished on site'],
  'case.going.text': ['{who}。到场和处置完毕照常记录。', '{who}. Their steps are still recorded.'],

  'close.go': ['出警未完，怎么办？', 'Somebody is still at work. What becomes of them?'],
  'close.go.on': ['继续处置：到场、处置完毕照常记录', 'They go on; their steps are recorded'],
  'close.go.back': ['撤回还没有到场的，并通知对方', 'Send back who is not on scene, and tell them'],
  'close.go.need': ['请选择出警的去向', 'Choose what becomes of those at work'],
  'close.go.asked': ['{name} 还没有接警，办结后撤回并通知对方。', '{name} has not taken it; it is sent back and told.'],
  'close.go.who': ['{name}：{state}（{time}）', '{name}: {state} ({time})'],
  'close.words.desk': ['说明（存入记录，报警人看不到）', 'Words (kept in the record, not seen by the caller)'],

  'keys.end': ['结束通话、交派出所处置', 'End the call, hand to the station'],
  'keys.recall': ['再次呼叫报警人', 'Call the caller again'],

  'responder.changed': ['情况有变，等对方确认 {time}', 'told of the change, not seen for {time}'],
  'station.offer': ['{name} {time} 未应答，仍在呼叫。按 {key} 再呼叫 {next}', '{name}: no answer for {time}, still called. {key} also calls {next}'],
  'station.offer.last': ['{name} {time} 未应答，仍在呼叫。没有下一个候选，请选其他派出所', '{name}: no answer for {time}, still called. No further candidate; choose another station'],
  'station.offer.declined': ['{name} 不能出警。按 {key} 再呼叫 {next}', '{name} cannot come. {key} also calls {next}'],
  'station.reason.declined': ['{name} 不能出警', '{name} cannot come'],
  'responder.declined': ['不能出警', 'cannot come'],
  'card.station.declined': ['派出所不能出警', 'Station cannot come'],
  'close.warn.over': ['报警人的位置停止发送。', 'The caller\'s position stops.'],
  'reach.online': ['在线 {n} 人', '{n} online'],
  'reach.wecom': ['仅企业微信', 'WeCom only'],
  'reach.none': ['无人在线', 'Nobody online'],
  'reach.unknown': ['在线情况未知', 'Not known who is online'],
} as const satisfies Words;
