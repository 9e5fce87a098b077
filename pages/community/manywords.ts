/* What the page says of several tips that are answered or closed at once. */

import { translator } from '../shared/i18n';

export const m = translator({
  on: ['多选', 'Select'],
  off: ['退出多选', 'Stop selecting'],
  pick: ['选 {n}', 'Select {n}'],
  bar: ['已选的线索', 'Selected tips'],
  none: ['勾选线索，一起答复或结案', 'Tick tips to answer or close them together'],
  count: ['已选 {n} 条', '{n} selected'],
  most: ['已选 {n} 条，一次最多这么多', '{n} selected, the most at once'],
  all: ['选这一页', 'Select those shown'],
  all_calm: ['选这一页，紧急的除外', 'Select those shown but urgent ones'],
  clear: ['全不选', 'Select none'],
  answer: ['一起答复', 'Answer'],
  close: ['一起结案', 'Close'],
  head_answer: ['答复 {n} 条线索', 'Answer {n} tips'],
  head_close: ['结案 {n} 条线索', 'Close {n} tips'],
  what: ['每位居民在自己的线索里收到，看不到其他人。没人认领的由您认领。{a} 和 {b} 会换成各条线索的。', 'Each resident reads it in his own tip and sees no other. What nobody has becomes yours. {a} and {b} become each tip\'s own.'],
  sure: ['居民马上会看到，这 {n} 条都会结案。确定吗？', 'The residents read it at once, and all {n} are closed. Really?'],
  send: ['发给 {n} 位居民', 'Send to {n} residents'],
  close_n: ['结案 {n} 条', 'Close {n}'],
  close_sure: ['确定结案 {n} 条', 'Really close {n}'],
  done_of: ['{n} / {m} 条办成', '{n} / {m} done'],
  left: ['没办成的还选着，可以再试。', 'Those that failed are still selected; try again.'],
  well: ['已发出', 'Sent'],
  gone: ['已不在您的单位', 'No longer with your station'],
  over: ['已经结束', 'It is over already'],
  end: ['完成', 'Done'],
});
