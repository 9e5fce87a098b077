/* Day and night: night by choice, or by the phone's own setting while nobody chose. */

const KEPT = 'jingmin.station.theme';

function chosen(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

export function night(): boolean {
  return document.documentElement.dataset.theme === 'dark';
}

export function setNight(on: boolean): void {
  document.documentElement.dataset.theme = on ? 'dark' : 'light';
  try {
    localStorage.setItem(KEPT, on ? 'dark' : 'light');
  } catch {
    // Holds until the page is closed.
  }
}

export function applyTheme(): void {
  const kept = chosen();
  const dark = kept ? kept === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
}
