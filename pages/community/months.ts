/** The month of a time in China, and those before it, as 2026-05: all of China has one time. */
export function monthsBefore(at: number, count: number): string[] {
  const china = new Date(at + 8 * 3_600_000);
  const first = china.getUTCFullYear() * 12 + china.getUTCMonth();
  return Array.from({ length: count }, (_, n) => {
    const month = first - n;
    return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;
  });
}
