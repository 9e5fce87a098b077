import { expect, it } from 'vitest';
import { cardOf, hashOf, placeOf, ticketOf } from './route';

it('goes where the address says, else to the inbox', () => {
  expect(placeOf('#/notices/new')).toEqual({ tab: 'notices', id: 'new' });
  expect(placeOf(hashOf('groups', '甲/乙'))).toEqual({ tab: 'groups', id: '甲/乙' });
  for (const odd of ['', '#', '#/elsewhere/1', '#entry=a.b']) expect(placeOf(odd)).toEqual({ tab: 'tips', id: '' });
  expect(placeOf('#/tips/%E0%A4%A')).toEqual({ tab: 'tips', id: '' });
});

it('takes a ticket only where the door puts it', () => {
  expect(ticketOf('#entry=abc_-1.de-F')).toBe('abc_-1.de-F');
  for (const odd of ['', '#/tips', '#entry=', '#entry=a b', '#x&entry=a', '#entry=a&b=c']) expect(ticketOf(odd)).toBeNull();
  expect([ticketOf('#entry=a.b&tip=0f9'), cardOf('#entry=a.b&tip=0f9')]).toEqual(['a.b', { tab: 'tips', id: '0f9' }]);
  expect(cardOf('#entry=a.b&notice=0f9')).toEqual({ tab: 'notices', id: '0f9' });
  for (const odd of ['', '#entry=a.b', '#entry=a.b&tip=', '#/tips/0f9', '#entry=a.b&group=0f9']) expect(cardOf(odd)).toEqual({ tab: 'tips', id: '' });
});
