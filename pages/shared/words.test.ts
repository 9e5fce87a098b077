import { afterEach, describe, expect, it } from 'vitest';
import { words as resident } from '../resident/words';
import { words as start } from '../start/words';
import { words as station } from '../station/words';
import log from '../../docs/log.md?raw';
import { CLIPS } from './clips';
import { setLanguage, say, type Words } from './i18n';
import { author, sentence, shape, WHATS } from './sentences';
import type { EntryView } from './types';
import * as tables from './words';

const all: Record<string, Words> = { resident, start, station, shared: tables.shared, clips: CLIPS };
for (const [name, table] of Object.entries(tables)) {
  if (name === name.toUpperCase()) all[name] = table as Words;
}
const CHINESE = /[\u3400-\u9fff]/;
const blanks = (text: string): string[] => (text.match(/\{\w+\}/g) || []).sort();

afterEach(() => setLanguage('zh-CN'));

describe.each(Object.entries(all))('words of %s', (_, table) => {
  it.each(Object.entries(table))('%s is said in both languages, with the same blanks', (key, [zh, en]) => {
    expect(zh).not.toBe('');
    expect(en).not.toBe('');
    expect(blanks(en)).toEqual(blanks(zh));
    if (key !== 'language') expect(en).not.toMatch(CHINESE);
  });
});

describe('say', () => {
  it('fills blanks and leaves unknown ones alone', () => {
    expect(say(['{a}和{b}', ''], { a: 1 })).toBe('1和{b}');
  });
  it('follows the switch', () => {
    setLanguage('en');
    expect(say(['是', 'Yes'])).toBe('Yes');
  });
});

describe('sentences', () => {
  const entry = (what: string, data: Record<string, unknown> = {}): EntryView =>
    ({ seq: 1, at: 0, device_at: null, who: { id: 'x', role: 'DISPATCHER', name: 'Wang' }, what, data, hash: '' });
  const documented = Array.from(log.matchAll(/`([a-z]+(?:[._][a-z_]+)*)`/g), (m) => m[1])
    .filter((name) => /^(incident|caller|station|participant|call|recording|file)\./.test(name));

  it('has one for everything docs/log.md lists', () => {
    expect(documented.length).toBeGreaterThan(20);
    expect(documented.concat('position', 'message', 'upload').filter((what) => WHATS.indexOf(what) < 0)).toEqual([]);
  });
  it.each(WHATS)('%s leaves no blank open', (what) => {
    for (const language of ['zh-CN', 'en'] as const) {
      setLanguage(language);
      expect(sentence(entry(what, { accuracy: 12, waited_ms: 15000 }))).not.toMatch(/[{}]|undefined|NaN/);
    }
  });
  it.each(WHATS)('%s has no Chinese in English, whoever wrote it', (what) => {
    setLanguage('en');
    for (const who of [{ id: 'system', role: 'ADMIN', name: '系统' }, { id: 'caller', role: 'RESIDENT', name: '报警人' }] as const) {
      const data = { role: 'CALLER', name: 'North', kind: what === 'upload' ? 'picture' : 'FIRE', disposition: 'RESOLVED', rung: 'audio', cause: 'media_lost', waited_ms: 15000,
        seconds: 3, accuracy: 12, going_on: ['North', 'South'], stations: ['North', 'South'], text: 'x', words: 'x', count: 2 };
      for (const more of [{}, { auto: true, reason: 'closed', shown: false }, { reason: 'desk' }]) {
        const one = { ...entry(what, { ...data, ...more }), who };
        expect(`${sentence(one)} ${sentence(one, 2)} ${author(one)}`).not.toMatch(CHINESE);
      }
    }
  });
  it('calls the caller by the role, others by name', () => {
    setLanguage('en');
    expect(sentence(entry('participant.joined', { role: 'CALLER', name: '报警人' }))).toBe('Caller joined the call');
    expect(sentence(entry('participant.joined', { role: 'STATION', name: 'Li' }))).toBe('Li joined the call');
  });
  it('says what was heard by radio, by whom it was recorded, and why somebody hung up', () => {
    setLanguage('zh-CN');
    expect(sentence(entry('station.arrive', { name: '古塔所', radio: true }))).toBe('古塔所 民警已到场（电台，Wang 记录）');
    expect(sentence(entry('incident.abandoned', { reason: 'MISTAKE' }))).toMatch(/：按错了$/);
    expect(sentence(entry('caller.contact', { contact: '138****8000' }))).toMatch(/138\*\*\*\*8000$/);
    expect(sentence(entry('caller.contact', { contact: '' }))).toBe('报警人撤回了联系方式');
  });
  it('knows what is a picture and what a step', () => {
    expect(shape(entry('upload', { kind: 'voice' }))).toBe('voice');
    expect(shape(entry('message'))).toBe('text');
    expect(shape(entry('station.arrive'))).toBe('step');
  });
});
