/** When somebody is told something, by the clock on their wall: midnight, weeks, and the two nights in which clocks are changed. */
import { isZone, nextAt, quietAt } from '../../src/versioning/calendar';

const berlin = { zone: 'Europe/Berlin', weekday: null, quietFrom: null, quietUntil: null };
const next = (times: object, after: string) =>
  nextAt({ ...berlin, hour: 8, ...times }, new Date(after))
    .toISOString()
    .replace(':00.000Z', 'Z');
const quiet = (times: object, now: string) =>
  quietAt({ ...berlin, hour: 8, ...times }, new Date(now))
    ?.toISOString()
    .replace(':00.000Z', 'Z') ?? null;

test.each([
  ['later today', {}, '2026-11-30T06:59:59.999Z', '2026-11-30T07:00Z'],
  ['not at the instant itself, but tomorrow', {}, '2026-11-30T07:00:00Z', '2026-12-01T07:00Z'],
  ['on the day that it is there', { zone: 'Pacific/Auckland' }, '2026-11-30T12:00:00Z', '2026-11-30T19:00Z'],
  ['where the hour is not whole', { zone: 'Asia/Kathmandu' }, '2026-11-30T00:00:00Z', '2026-11-30T02:15Z'],
  ['on Monday', { weekday: 1 }, '2026-11-30T06:00:00Z', '2026-11-30T07:00Z'],
  ['on Monday in a week', { weekday: 1 }, '2026-11-30T07:00:00Z', '2026-12-07T07:00Z'],
  ['on Sunday', { weekday: 7 }, '2026-11-30T07:00:00Z', '2026-12-06T07:00Z'],
  ['at the same hour when summer begins', {}, '2026-03-28T08:00:00Z', '2026-03-29T06:00Z'],
  ['at the same hour when it ends', {}, '2026-10-24T08:00:00Z', '2026-10-25T07:00Z'],
  ['an hour later where there is no such hour', { hour: 2 }, '2026-03-28T12:00:00Z', '2026-03-29T01:00Z'],
  ['the first time where there are two', { hour: 2 }, '2026-10-24T12:00:00Z', '2026-10-25T00:00Z'],
  ['and not the second', { hour: 2 }, '2026-10-25T00:00:00Z', '2026-10-26T01:00Z'],
  ['at midnight', { hour: 0 }, '2026-12-31T12:00:00Z', '2026-12-31T23:00Z'],
])('it is due %s', (_, times, after, wanted) => {
  expect(next(times, after)).toBe(wanted);
});

test('it is due once on every day of a year, at that hour, wherever one is', () => {
  for (const zone of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'UTC'])
    for (const hour of [0, 2, 8, 23]) {
      const days = new Set<string>();
      let after = new Date('2026-01-01T00:00:00Z');
      for (let n = 0; n < 365; n++) {
        after = nextAt({ zone, hour, weekday: null }, after);
        days.add(after.toLocaleDateString('en-CA', { timeZone: zone }));
      }
      expect([zone, hour, days.size]).toEqual([zone, hour, 365]);
    }
});

const night = { quietFrom: 22, quietUntil: 6 };
test.each([
  ['before midnight', night, '2026-11-30T21:00:00Z', '2026-12-01T05:00Z'],
  ['after midnight', night, '2026-11-30T23:30:00Z', '2026-12-01T05:00Z'],
  ['no more when it is over', night, '2026-12-01T05:00:00Z', null],
  ['not yet', night, '2026-11-30T20:59:59Z', null],
  ['in the night in which summer begins', night, '2026-03-28T22:00:00Z', '2026-03-29T04:00Z'],
  ['in the night in which it ends', night, '2026-10-24T22:00:00Z', '2026-10-25T05:00Z'],
  ['within a day', { quietFrom: 12, quietUntil: 14 }, '2026-11-30T11:30:00Z', '2026-11-30T13:00Z'],
  ['never, where it ends when it begins', { quietFrom: 6, quietUntil: 6 }, '2026-11-30T05:00:00Z', null],
  ['never, where nobody has said so', {}, '2026-11-30T23:00:00Z', null],
])('it is quiet %s', (_, times, now, wanted) => {
  expect(quiet(times, now)).toBe(wanted);
});

test('zones are those of the IANA database', () => {
  expect(['Europe/Berlin', 'UTC', 'America/Argentina/Ushuaia'].every(isZone)).toBe(true);
  expect(['Europe/Bern-West', '+01:00', '', 'x'.repeat(100), '1'].filter(isZone)).toEqual([]);
});
