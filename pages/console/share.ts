/* Between the windows of one desk: which incident is open, and the pictures on the screen. */
import { watch } from 'vue';

import type { RemoteParticipant } from '../shared/call';
import { live, room } from './callroom';
import { desk } from './desk';

export interface Sharing extends Window { __videos?: () => RemoteParticipant[] }

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('jingmin.console');

/** The desk tells its other windows what is open, also when one asks. */
export function shareDesk(): void {
  const tell = (): void => channel?.postMessage({ opened: desk.opened });
  watch(() => desk.opened, tell);
  channel?.addEventListener('message', ({ data }) => { if (data?.asks) tell(); });
  (window as Sharing).__videos = () => (live.value ?? room.value)?.view.others ?? [];
}

/** A second window follows the desk. */
export function listenToDesk(follow: (id: string | null) => void): void {
  channel?.addEventListener('message', ({ data }) => { if (data && 'opened' in data) follow(data.opened); });
  channel?.postMessage({ asks: true });
}
