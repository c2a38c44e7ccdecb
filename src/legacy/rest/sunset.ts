/** When the REST facade was marked as deprecated: with its first release, for whom it serves is to leave it. */
export const REST_DEPRECATED = new Date('2026-11-23T00:00:00Z');

/** A day of the calendar, as the instant at which it begins; none on which the facade was not deprecated yet. */
export function parseSunset(text: string): Date | undefined {
  const day = new Date(`${text}T00:00:00Z`);
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
  return isDay && day >= REST_DEPRECATED ? day : undefined;
}
