/* Tips that tell of one event, and who else has a tip open. */

import { translator } from '../shared/i18n';

export const v = translator({
  same: ['同一件事', 'Same event'],
  same_n: ['同一件事 · {n} 条线索', 'Same event · {n} tips'],
  what: ['几位居民说的是同一件事时，把线索关联起来，可以一次答复所有人。居民互相看不到。', 'When several residents tell of the same, link their tips: one text answers all of them. No resident sees another.'],
  link: ['关联', 'Link'],
  link_more: ['再关联', 'Link more'],
  linked: ['已关联', 'Linked'],
  find: ['按编号或说的话查找', 'Find by number or words'],
  none: ['没有找到可以关联的线索', 'No tip found to link'],
  near: ['本社区处理中的线索', 'Open tips of this community'],
  part: ['不是同一件事', 'Another matter'],
  part_what: ['这条线索与另外 {n} 条不再关联。已经发出的答复不变。', 'This tip is no longer linked with the {n} others. What was said stays said.'],
  has_it: ['{n} 在处理', '{n} has it'],
  done: ['完成', 'Done'],
  looks: ['{n} 也在看', '{n} is looking, too'],
  look_many: ['{n} 等 {m} 人也在看', '{n} and others ({m}) are looking, too'],
  writes: ['{n} 正在写', '{n} is writing'],
  writes_many: ['{n} 等 {m} 人正在写', '{n} and others ({m}) are writing'],
});
