/* What the caller reads and hears while the dispatcher is in another call. */
export const awayWords = {
  away: ['接警员正在接另一起，请稍候', 'The dispatcher is in another call; please wait'],
  away_more: ['您的报警没有放下，您写的文字、拍的照片都能看到。', 'Your report is not put aside: what you write and photograph is read.'],
  away_with: ['接警员暂离，{names} 在与您通话', 'The dispatcher is away; {names} is talking with you'],
  away_long: ['接警员还没有回来。情况紧急请直接拨打 110。', 'The dispatcher is not back yet. If it is urgent, phone 110.'],
  away_tile: ['接警员暂离', 'The dispatcher is away'],
  away_back: ['接警员已回到通话', 'The dispatcher is back'],
  line_alone: ['画面和声音保持着', 'The line stays open'],
  through: ['正在为您转接其他接警员，请稍候', 'You are being put through to another dispatcher; please wait'],
  through_with: ['正在为您转接其他接警员，{names} 在与您通话', 'You are being put through to another dispatcher; {names} is talking with you'],
  through_long: ['还没有转接上。情况紧急请直接拨打 110。', 'Not put through yet. If it is urgent, phone 110.'],
  through_back: ['接警员已接入', 'A dispatcher is here'],
  quiet_through: ['正在转接其他接警员，您写的能看到', 'Being put through to another dispatcher; what you write is read'],
  quiet_away: ['接警员在接另一起，您写的能看到', 'The dispatcher is in another call; what you write is read'],
} as const;
