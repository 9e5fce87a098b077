import { describe, expect, it } from 'vitest';
import { draftOf, empty, local, ms, noticeIn, noticePatch, wrong } from './draft';
import type { NoticeView } from '../shared/notices';

const NOW = new Date('2026-05-04T10:00').getTime();
const good = { ...empty('a-key-of-8'), title: '停水', text: '明天停水', communities: ['c1'] };

describe('a draft', () => {
  it('says what is missing, and nothing when nothing is', () => {
    expect(wrong(good, NOW)).toEqual([]);
    expect(wrong(empty('k'), NOW)).toHaveLength(3);
    expect(wrong({ ...good, title: '  ' }, NOW)).toEqual(['写标题']);
  });
  it('takes https links only', () => {
    expect(wrong({ ...good, link: 'http://x.cn' }, NOW)).toHaveLength(1);
    expect(wrong({ ...good, link: 'https://x.cn/a b' }, NOW)).toHaveLength(1);
    expect(wrong({ ...good, link: 'https://x.cn/a' }, NOW)).toEqual([]);
  });
  it('goes out before it expires, and not in the past', () => {
    expect(wrong({ ...good, sendAt: local(NOW - 3_600_000) }, NOW)).toHaveLength(1);
    expect(wrong({ ...good, sendAt: local(NOW + 3_600_000), expiresAt: local(NOW + 1_800_000) }, NOW)).toHaveLength(1);
    expect(wrong({ ...good, sendAt: local(NOW + 3_600_000), expiresAt: local(NOW + 7_200_000) }, NOW)).toEqual([]);
  });
  it('keeps a time through the field and back', () => {
    expect(ms(local(NOW))).toBe(NOW);
    expect([ms(''), ms('nonsense')]).toEqual([null, null]);
  });
  it('takes times away with 0 in a change, and leaves them out of a new one', () => {
    expect(noticeIn(good)).toMatchObject({ key: 'a-key-of-8', send_at: null, expires_at: null });
    expect(noticePatch(good, 3)).toMatchObject({ version: 3, send_at: 0, expires_at: 0 });
    expect(noticePatch(good, 3)).not.toHaveProperty('key');
  });
  it('begins as the notice is', () => {
    const notice = { title: 'a', text: 'b', link: '', communities: ['x'], urgent: true, send_at: NOW, expires_at: null } as unknown as NoticeView;
    expect(noticeIn(draftOf(notice, 'a-key-of-8'))).toMatchObject({ title: 'a', communities: ['x'], urgent: true, send_at: NOW, expires_at: null });
  });
});
