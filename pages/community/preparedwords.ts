/* What the page says of prepared answers. */

import { translator } from '../shared/i18n';

export const p = translator({
  head: ['常用语', 'Prepared answers'],
  what: ['点一条，加到光标处。已写的不会被替换。', 'Press one to add it at the cursor. Nothing that is written is replaced.'],
  none: ['本所还没有常用语。写一条，全所都能用。', 'This station has none yet. Write one; the whole station can use it.'],
  edit: ['整理', 'Arrange'],
  edited: ['整理完了', 'Done'],
  change: ['修改', 'Change'],
  remove: ['删除', 'Remove'],
  remove_sure: ['确定删除', 'Really remove'],
  add: ['添加', 'Add'],
  save: ['保存', 'Save'],
  text_new: ['新的常用语', 'A new one'],
  text_old: ['修改常用语', 'Change this one'],
  hint: ['全所共用。{a} 和 {b} 会换成线索编号和派出所。不要写居民的信息。', 'Shared by the station. {a} and {b} become the tip\'s number and station. Write nothing about a resident.'],
  full: ['已有 {n} 条，不能再加。先删一条', 'There are {n}, and no more can be kept. Remove one first'],
  too_long: ['加上这条超过 {n} 字，没有加', 'With this one it would be more than {n} characters: not added'],
  both: ['您写的时候，别人改成了：', 'While you wrote, somebody else changed it to:'],
  both_remove: ['您要删除的，别人刚改成了：', 'Somebody else has just changed what you want to remove to:'],
  mine: ['仍用我写的', 'Use mine all the same'],
  theirs: ['用对方的', 'Use theirs'],
  gone: ['这一条已被别人删除；您写的还在，可以添加成新的', 'Somebody removed this one; what you wrote is still here and can be added as a new one'],
});
