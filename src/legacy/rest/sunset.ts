/** When the REST facade was deprecated: with its first release, since its clients are meant to leave it. */
export const REST_DEPRECATED = new Date('2026-11-23T00:00:00Z');

/** A calendar date as the instant of its beginning; undefined if it lies before the deprecation. */
export function parseSunset(text: string): Date | undefined {
  const day = new Date(`${text}T00:00:00Z`);
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
  return isDay && day >= REST_DEPRECATED ? day : undefined;
}
