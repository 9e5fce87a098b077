/* Signs of this page alone, on the grid of parts/icons.tsx; kept apart from what the resident's page loads. */

const PATHS = {
  tips: 'M3.5 13.5V6l1-1.5h15l1 1.5v7.5M3.5 13.5h5l1.5 3h4l1.5-3h5V19h-17zM8 8.5h8',
  notices: 'M4 10v4h3l7 4.5v-13L7 10zM17.5 9.5a4 4 0 0 1 0 5M8 14v5h2.5v-3.5',
  groups: 'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 19.5c.5-4 3-6 6.5-6s6 2 6.5 6M15.5 5a3.5 3.5 0 0 1 0 6.5M17.5 14c2.3.7 3.7 2.5 4 5.5',
  numbers: 'M4.5 20V11M10 20V4.5M15.5 20v-6.5M20.5 20V8M2.5 20h19.5',
  settings: 'M4 7h9M17.5 7H20M4 17h2.5M11 17h9M15.2 9.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6zM8.8 19.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6z',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20.5 20.5',
  film: 'M3.5 6.5h11.5v11H3.5zM15 10.5l5.5-3v9l-5.5-3',
  print: 'M7 9V3.5h10V9M7 17H4V9h16v8h-3M7 14h10v6.5H7z',
  clock: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7.5V12l3 2',
  warning: 'M12 4L2.5 20h19zM12 10v4.5M12 17.2v.1',
} as const;

export type SignName = keyof typeof PATHS;

export function Sign({ name, size = 24 }: { name: SignName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor"
      stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
