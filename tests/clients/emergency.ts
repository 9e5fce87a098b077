// Uses the example as an app would; prints one line of JSON that the test judges.

import { Caller, Refused, type CallerView } from './report';

declare const process: { argv: string[]; exit(code: number): never };

const site = process.argv[2]!;
const picture = Uint8Array.from(atob(process.argv[3]!), (letter) => letter.charCodeAt(0));

const caller = new Caller(site);
const position = { lon: 121.13, lat: 41.11, datum: 'WGS84', accuracy: 25 } as const;
const receipt = await caller.report({ words: '我在北门附近摔伤了', position }, 'a-key-of-typescript');
const again = await caller.report({ words: '重复' }, 'a-key-of-typescript');

const followed: CallerView[] = [];
let heard: () => void = () => undefined;
const written = new Promise<void>((resolve) => (heard = resolve));
const stop = caller.follow((incident) => {
  followed.push(incident);
  if (incident.entries.some((entry) => entry.what === 'message')) heard();
});
const sent = await caller.send(new Blob([picture], { type: 'image/jpeg' }), 'a-picture-of-typescript');
await caller.write({ text: '我在台阶下面', key: 'a-line-of-typescript' });
await written;
stop();

const join = await caller.join();
const refused = await caller.send(new Blob(['no picture']), 'another-of-typescript').catch((error: unknown) => error);
const code = refused instanceof Refused ? refused.problem.code : String(refused);
console.log(
  JSON.stringify({ id: receipt.id, again: again.id, followed: followed.map((one) => one.id), sent, join, code }),
);
process.exit(0);
