/* Where the page is, as the address's fragment says: #/tips, #/tips/<id>, #/notices/new … */

export const TABS = ['tips', 'notices', 'groups', 'numbers', 'settings'] as const;
export type Tab = (typeof TABS)[number];
const ENTRY = /^#entry=([\w.-]+)(?:&tip=(\w+))?$/;
export interface Place { tab: Tab; id: string }

/** An unknown place is the inbox. */
export function placeOf(hash: string): Place {
  const [, tab, id] = hash.replace(/^#/, '').split('/');
  const known = TABS.find((one) => one === tab);
  return known ? { tab: known, id: safe(id || '') } : { tab: 'tips', id: '' };
}

export function hashOf(tab: Tab, id = ''): string {
  return '#/' + tab + (id ? '/' + encodeURIComponent(id) : '');
}

/** The ticket of the WeCom door in the address, if the officer has just come through it. */
export function ticketOf(hash: string): string | null {
  const found = ENTRY.exec(hash);
  return found ? found[1] : null;
}

/** The tip whose card led the officer through the door; empty: none. */
export function cardOf(hash: string): string {
  const found = ENTRY.exec(hash);
  return (found && found[2]) || '';
}

function safe(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
