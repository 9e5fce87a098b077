import { afterEach, expect, test, vi } from 'vitest';

// A page: what two scripts on it have in common.
afterEach(() => { vi.unstubAllGlobals(); vi.resetModules(); });

async function script(): Promise<[typeof import('./i18n'), typeof import('./clock'), typeof import('./fault')]> {
  vi.resetModules();
  return [await import('./i18n'), await import('./clock'), await import('./fault')];
}

test('two copies of the modules know one language, one clock and each other\'s faults', async () => {
  vi.stubGlobal('window', { addEventListener: () => undefined });
  const [words, clock, fault] = await script();
  const [others, otherClock, otherFault] = await script();
  expect(others.setLanguage).not.toBe(words.setLanguage);

  const heard: string[] = [];
  const stop = words.onLanguage((language) => heard.push(language));
  others.setLanguage('en');
  expect(words.say(['中', 'English'])).toBe('English');
  expect(heard).toEqual(['en']);
  stop();
  others.setLanguage('zh-CN');
  expect(heard).toEqual(['en']);
  expect(words.language()).toBe('zh-CN');

  const sent = Date.now();
  clock.learn(sent + 3_600_000, sent, sent);
  expect(otherClock.now() - Date.now()).toBeGreaterThan(3_500_000);

  const thrown = new fault.Fault({ code: 'taken', title_zh: '已被接走' });
  expect(thrown instanceof otherFault.Fault).toBe(false);
  expect(otherFault.faultWords(thrown)).toBe('已被接走');
});
