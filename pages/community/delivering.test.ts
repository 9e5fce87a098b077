import { expect, it } from 'vitest';
import { setLanguage } from '../shared/i18n';
import type { DeliveryState, DeliveryView } from '../shared/notices';
import { asked, standing, whyNot } from './delivering';

const delivery = (state: DeliveryState, more: Partial<DeliveryView> = {}): DeliveryView => ({
  id: 'd', owner: 'zhang', owner_name: '张警官', state, due_at: 0, created_at: null, reminded: [], reason: '',
  people: 10, sent: 0, waiting: 1, groups: [], version: 1, ...more,
});

it('does not say that an owner has to confirm what he was not asked', () => {
  setLanguage('zh-CN');
  for (const state of ['PLANNED', 'CREATING'] as const) {
    expect(asked(delivery(state))).toBe(false);
    expect(standing(delivery(state))).not.toContain('确认');
  }
  expect(asked(delivery('CREATED'))).toBe(true);
  expect(standing(delivery('CREATED'))).toBe('已通知群主，等他确认');
  expect(standing(delivery('CREATED', { waiting: 0 }))).toBe('');
});

it.each(['busy', '45009', '41048', '48002', 'unknown', 'picture', 'unconfirmed', 'withdrawn', 'replanned'])('says %s in words', (reason) => {
  setLanguage('zh-CN');
  expect(whyNot(reason)).not.toMatch(/[a-z0-9]/);
  for (const state of ['PLANNED', 'CREATING', 'FAILED', 'CANCELLED'] as const) {
    expect(standing(delivery(state, { reason }))).not.toContain(reason);
  }
  setLanguage('en');
  expect(whyNot(reason)).not.toMatch(/\d|[\u4e00-\u9fff]/);
  setLanguage('zh-CN');
});

it('says of a number nobody expected that it is the platform that refuses', () => {
  expect(whyNot('99999')).toBe('企业微信拒绝（99999）');
  expect(whyNot('')).toBe('');
});

it('says when a planned one is made, and when a refused one is tried again', () => {
  expect(standing(delivery('PLANNED', { due_at: Date.UTC(2026, 4, 3, 2) }), 0)).toMatch(/通知群主$/);
  expect(standing(delivery('PLANNED', { due_at: 1, reason: '45009' }), 2)).toContain('再试');
});
