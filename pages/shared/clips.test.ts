import { afterEach, expect, it } from 'vitest';
import { clipName, lasting, savedAs, showing } from './clips';
import { setLanguage } from './i18n';

afterEach(() => setLanguage('zh-CN'));

it('plays what was made anew and what pages sent, and offers the rest to be saved', () => {
  expect(showing({ kind: 'voice', type: 'audio/mp4', length_ms: 3000 })).toBe('voice');
  expect(showing({ kind: 'voice', type: 'audio/webm' })).toBe('voice');
  expect(showing({ kind: 'voice', type: 'audio/amr', length_ms: null })).toBe('saved');
  expect(showing({ kind: 'video', type: 'video/mp4', length_ms: 3000 })).toBe('video');
  expect(showing({ kind: 'picture', type: 'image/jpeg', length_ms: null })).toBe('picture');
});

it('says how long it lasts', () => {
  expect([200, 6600, 60_000, 725_000].map((length_ms) => lasting({ length_ms }))).toEqual(['0:01', '0:07', '1:00', '12:05']);
  expect(lasting({ length_ms: null })).toBe('');
  expect(lasting({})).toBe('');
  expect(clipName({ kind: 'voice', length_ms: 6600 })).toBe('语音 0:07');
  setLanguage('en');
  expect(clipName({ kind: 'video' })).toBe('Video');
});

it('names a saved file so that a player knows it', () => {
  expect(savedAs({ file: '01ab', kind: 'voice', type: 'audio/amr' })).toBe('01ab.amr');
  expect(savedAs({ file: '01ab', kind: 'video', type: 'video/mp4' })).toBe('01ab.mp4');
});
