/* What the keys do, as `?` shows it. */

import { translator } from '../shared/i18n';

export const k = translator({
  head: ['快捷键', 'Keys'],
  next: ['下一条', 'Next'],
  previous: ['上一条', 'Previous'],
  back: ['离开输入框；返回列表', 'Leave the field; back to the list'],
  write: ['写答复', 'Write an answer'],
  prepared: ['插入常用语', 'Add a prepared answer'],
  labels: ['分类和标签', 'Category and tags'],
  select: ['多选线索；退出', 'Select tips; stop'],
  urgent: ['标为紧急；取消', 'Mark as urgent; take that off'],
  note: ['写内部备注', 'Note for colleagues'],
  take: ['接收线索', 'Take the tip'],
  end: ['结案', 'Close the tip'],
  pass_on: ['转给同事', 'Pass on to a colleague'],
  hand_over: ['转给其他派出所', 'Hand over to another station'],
  same: ['关联同一件事', 'Link tips of one event'],
  new: ['写通知', 'Write a notice'],
  search: ['查找', 'Find'],
  tabs: ['换一页', 'Another page'],
  keys: ['显示快捷键', 'Show the keys'],
});
