/* The icons of the resident's first screen, which must not wait for all the others. */

export const FIRST_PATHS = {
  phone: 'M6 3.5h3.5l1.5 4.5-2.2 1.6a12 12 0 0 0 5.6 5.6L16 13l4.5 1.5V18a2.5 2.5 0 0 1-2.7 2.5A15.5 15.5 0 0 1 3.5 6.2 2.5 2.5 0 0 1 6 3.5z',
  quiet: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l4.5 5M20.5 9.5l-4.5 5',
  shield: 'M12 3l7.5 2.8v5.4c0 4.7-3 8.2-7.5 9.8-4.5-1.6-7.5-5.1-7.5-9.8V5.8z',
} as const;
