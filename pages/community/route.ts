/* Where the page is, as the address's fragment says: #/tips, #/tips/<id>, #/notices/new … */

export const TABS = ['tips', 'notices', 'groups', 'numbers', 'settings'] as const;
export type Tab = (typeof TABS)[number];
const ENTRY = /^#entry=([\w.-]+)(?:&(tip|notice)=(\w+))?$/;
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

/** What led the officer through the door, a tip's card or a line about a notice; else the inbox. */
export function cardOf(hash: string): Place {
  const found = ENTRY.exec(hash);
  return { tab: found && found[2] === 'notice' ? 'notices' : 'tips', id: (found && found[3]) || '' };
}

function safe(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
