/** Days of the calendar, in UTC, as `2026-11-22`. */

const MILLISECONDS = 86_400_000;

/** The day by the clock of this machine. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** How many days lie between two; negative where the day is past. */
export function daysUntil(day: string, from: string): number {
  return (Date.parse(day) - Date.parse(from)) / MILLISECONDS;
}
