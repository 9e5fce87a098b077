/* What the page says of what is written and not sent, and of two who write on the same notice. */

import { translator } from '../shared/i18n';

export const d = translator({
  kept: ['上次没写完的，{t}写到这里', 'Not finished last time: written {t}'],
  kept_edit: ['您没保存的修改，{t}写到这里', 'Your unsaved changes: written {t}'],
  discard: ['丢弃', 'Throw away'],
  discard_sure: ['确定丢弃', 'Really throw away'],
  go_on: ['继续写', 'Go on writing'],
  unfinished: ['没写完', 'Unfinished'],
  unsaved: ['未保存', 'Not saved'],
  closed: ['这条通告已不能修改。您写的还在：', 'This notice can no longer be changed. What you wrote is still here:'],
  as_new: ['写成新通告', 'Make it a new notice'],
  as_correction: ['写成更正', 'Make it a correction'],
  uploading: ['等图片上传完', 'wait for the picture'],
  too_long: ['正文最多 {n} 字', 'at most {n} characters of text'],
  both_head: ['两个人改了同一条通告', 'Two people changed this notice'],
  both_what: ['您写的时候，{n}保存了修改。您写的没有丢，对方的也没有被覆盖。', 'While you wrote, {n} saved changes. Neither yours nor theirs is lost.'],
  somebody: ['另一位民警', 'another officer'],
  compare: ['对照两份', 'Compare the two'],
  choose: ['不同的每一项选一份，再继续写。', 'Choose one for each difference, then go on writing.'],
  mine: ['我写的', 'Mine'],
  theirs: ['{n}保存的', 'Saved by {n}'],
  join: ['两份都要，再改', 'Both, to be edited'],
  take: ['按所选继续写', 'Go on with what was chosen'],
  nothing: ['（空）', '(empty)'],
  left_to_choose: ['还有 {n} 项没选', '{n} still to choose'],
  urgent_yes: ['紧急', 'Urgent'],
  urgent_no: ['不紧急', 'Not urgent'],
  welcome_both: ['您写的时候，别人改了欢迎语。现在保存的是：', 'While you wrote, somebody else changed this welcome. Saved now:'],
  welcome_mine: ['仍用我写的', 'Use mine all the same'],
  welcome_theirs: ['用对方的', 'Use theirs'],
});
