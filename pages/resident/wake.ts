/* Keeps the screen on while a call is open. Never in silent mode: a lit screen betrays. */

interface Lock { release(): Promise<void> }
type WithLock = Navigator & { wakeLock?: { request(kind: 'screen'): Promise<Lock> } };

let wanted = false;
let lock: Lock | null = null;

async function take(): Promise<void> {
  const { wakeLock } = navigator as WithLock;
  if (!wanted || !wakeLock || document.visibilityState !== 'visible') return;
  try {
    lock = await wakeLock.request('screen');
    if (!wanted) void lock.release();
  } catch {
    // Low battery: the system keeps the right to dim.
  }
}

export function keepAwake(on: boolean): void {
  if (on === wanted) return;
  wanted = on;
  if (on) void take();
  else if (lock) void lock.release().catch(() => undefined);
}

if (typeof document !== 'undefined') document.addEventListener('visibilitychange', () => void take());
