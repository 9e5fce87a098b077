import { afterEach, expect, it } from 'vitest';
import { setLanguage } from '../shared/i18n';
import type { GroupView, NoOwner } from '../shared/notices';
import { MISSED } from './cover';
import { ownerMarks } from './owning';

const group = (more: Partial<GroupView> = {}): GroupView => ({
  station_name: '西一派出所', orphaned: false, missed_sends: 0, stand_ins: [], handing: '', next_owner: '', no_owner: '', may_hand_over: true, ...more,
}) as GroupView;
const words = (more: Partial<GroupView>): string => ownerMarks(group(more)).map((one) => one.words).join('\n');
const LI = '西一派出所 李警官';

afterEach(() => setLanguage('zh-CN'));

it('says nothing of an owner who does his work', () => {
  expect(ownerMarks(group())).toEqual([]);
  expect(ownerMarks(group({ missed_sends: MISSED - 1, stand_ins: [LI] }))).toEqual([]);
});

it('says that the owner left, and what to do about it', () => {
  expect(words({ orphaned: true, stand_ins: [LI] })).toMatch(/群主已离职，等待继承.*自动转给 李警官/);
  expect(words({ orphaned: true, stand_ins: [LI, '王警官'] })).toMatch(/可接手：李警官.*王警官.*换群主/);
  expect(words({ orphaned: true })).toMatch(/没有民警负责/);
  expect(words({ orphaned: true, may_hand_over: false })).toMatch(/请所领导或值班长/);
  expect(words({ orphaned: true, stand_ins: [LI], handing: 'REFUSED', next_owner: LI, no_owner: 'unable' })).toMatch(/可接手：李警官[^]*没能转给 李警官：.*实名/);
});

it('names who stands in for an owner who never confirms', () => {
  expect(words({ missed_sends: 4, stand_ins: [LI] })).toMatch(/连续 4 次没有确认.*李警官/);
  expect(words({ missed_sends: 4 })).toMatch(/请提醒群主/);
  expect(words({ missed_sends: 4, orphaned: true })).not.toMatch(/没有确认/);
});

it('leaves no gap between Chinese sentences, and one between English ones', () => {
  const said = (): string => words({ orphaned: true, stand_ins: [LI] }) + words({ missed_sends: 4, stand_ins: [LI] });
  expect(said()).not.toMatch(/。 /);
  expect(said()).toMatch(/没有确认。可代他/);
  setLanguage('en');
  expect(said()).toMatch(/out\. \S/);
  expect(said()).toMatch(/in a row\. Who/);
});

it('says where a group is going, and why it did not, in both languages', () => {
  const whys: NoOwner[] = ['unknown', 'unable', 'often', 'day', 'gone', 'right', 'silent', 'other', ''];
  for (const language of ['zh-CN', 'en'] as const) {
    setLanguage(language);
    expect(words({ handing: 'ASKED', next_owner: LI })).toContain('李警官');
    const said = whys.map((no_owner) => words({ handing: 'REFUSED', next_owner: LI, no_owner }));
    expect(new Set(said).size).toBe(whys.length - 1);
    expect(said.every((one) => one.includes('李警官') && !one.includes('{'))).toBe(true);
  }
});
