/* Who is away from a call, as everybody in it reads it (api/LIVE.md, Away). */
import type { ParticipantRole, ParticipantState } from './types';

interface Somebody { role: ParticipantRole; name: string; state: ParticipantState; away_at: number | null }
export interface Away { since: number; name: string; staying: string[] }

/** Officers and others who go on talking with the caller. */
export function staying(participants: readonly Somebody[]): string[] {
  return participants.filter((one) => (one.role === 'STATION' || one.role === 'GUEST') && one.state === 'JOINED').map((one) => one.name);
}

/** The dispatcher took another call: since when, and who is there meanwhile. Null: he is here. */
export function awayIn(participants: readonly Somebody[]): Away | null {
  const gone = participants.filter((one) => one.role === 'DISPATCHER' && one.away_at !== null).pop();
  return gone && gone.away_at !== null ? { since: gone.away_at, name: gone.name, staying: staying(participants) } : null;
}
