/* Drawn for this product: 24 px grid, 2 px strokes in the colour of the text. */

import { FIRST_PATHS } from './first_paths';

const PATHS = {
  ...FIRST_PATHS,
  mic: 'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21',
  mic_off: 'M9 9v2a3 3 0 0 0 4.6 2.5M15 10V6a3 3 0 0 0-5.8-1.1M5.5 11a6.5 6.5 0 0 0 10 5.4M18.5 11a6.4 6.4 0 0 1-.5 2.5M12 17.5V21M4 4l16 16',
  camera: 'M3.5 7.5h11v9h-11zM14.5 11l6-3.5v9l-6-3.5',
  camera_off: 'M6.5 7.5h8v6.5M14.5 16.5h-11v-9M14.5 11l6-3.5v9l-3-1.7M4 4l16 16',
  flip: 'M4 9.5A8.5 8.5 0 0 1 19.5 8M20 4v4.5h-4.5M20 14.5A8.5 8.5 0 0 1 4.5 16M4 20v-4.5h4.5',
  torch: 'M8 3h8l-1 5-1.5 2.5V21h-3V10.5L9 8zM8.5 6.5h7M12 13.5v2',
  photo: 'M4 8h3l1.5-2.5h7L17 8h3v11H4zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
  voice: 'M4 12h1.5M8 8v8M12 5v14M16 8v8M18.5 12H20',
  text: 'M4 5h16v11H11l-4.5 3.5V16H4z',
  stop: 'M7 7h10v10H7z',
  send: 'M4 12L20 4.5 14.5 20l-3-6.5zM11.5 13.5L20 4.5',
  hang_up: 'M3 14.5c5-5.5 13-5.5 18 0l-2.5 2.5-3.5-2v-2.5a11 11 0 0 0-6 0V15l-3.5 2z',
  place: 'M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11zM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  hidden: 'M4 4l16 16M9.5 6a10 10 0 0 1 2.5-.4c6 0 9.5 6.4 9.5 6.4a16 16 0 0 1-3 3.6M6 8a16 16 0 0 0-3.5 4S6 18.5 12 18.5a9 9 0 0 0 4-1',
  sound: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.5 4.5 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  cross: 'M6 6l12 12M18 6L6 18',
  back: 'M14.5 5.5L8 12l6.5 6.5',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  target: 'M12 18a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM12 2.5v4M12 17.5v4M2.5 12h4M17.5 12h4',
  car: 'M4 16.5v-4l2-5.5h12l2 5.5v4zM4 12.5h16M6.5 16.5V19M17.5 16.5V19',
  flag: 'M6 21V4h12l-2.5 4 2.5 4H6',
  map: 'M3.5 6.5l5.5-2 6 2 5.5-2v13l-5.5 2-6-2-5.5 2zM9 4.5v13M15 6.5v13',
  open: 'M13.5 4.5h6v6M19.5 4.5l-8.5 8.5M17 14v5.5H4.5V7H10',
  bell: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15zM10 21h4',
  list: 'M8.5 6.5h11M8.5 12h11M8.5 17.5h11M4.5 6.5h.1M4.5 12h.1M4.5 17.5h.1',
  desk: 'M3.5 5h17v11h-17zM9 20h6M12 16v4',
  handset: 'M7.5 2.5h9v19h-9zM11 18.5h2',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 24 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor"
      stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
