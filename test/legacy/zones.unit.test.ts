/** Times that name no zone are what clocks showed where the old system stood. */
import { readInstant } from '../../src/legacy/source-row';
import { isZone } from '../../src/legacy/zones';

test.each([
  ['UTC', '2025-07-01T10:00:00.120', '2025-07-01T10:00:00.120Z'],
  ['Europe/Zurich', '2025-07-01T10:00:00', '2025-07-01T08:00:00.000Z'],
  ['Europe/Zurich', '2025-01-01T10:00:00', '2025-01-01T09:00:00.000Z'],
  ['Europe/Zurich', '2025-10-26T02:30:00', '2025-10-26T00:30:00.000Z'], // there twice: the first
  ['Europe/Zurich', '2025-10-26T03:00:00', '2025-10-26T02:00:00.000Z'],
  ['Europe/Zurich', '2025-03-30T02:30:00', '2025-03-30T01:30:00.000Z'], // left out: counted on from before
  ['Europe/Zurich', '2025-03-30T03:00:00', '2025-03-30T01:00:00.000Z'],
  ['America/New_York', '2025-11-02T01:59:59', '2025-11-02T05:59:59.000Z'],
  ['Asia/Kolkata', '2025-07-01T00:00:00', '2025-06-30T18:30:00.000Z'],
  ['+05:45', '2025-07-01T05:45:00', '2025-07-01T00:00:00.000Z'],
  ['-03:30', '2025-07-01 00:00', '2025-07-01T03:30:00.000Z'],
  ['Europe/Zurich', '2025-07-01T10:00:00+00:00', '2025-07-01T10:00:00.000Z'], // says its own
  ['Asia/Tokyo', '0050-01-01T12:00:00', expect.stringMatching(/^0050-01-01T0[23]:/)],
])('in %s, %s is %s', (zone, text, iso) => {
  expect(readInstant(text, zone)).toMatchObject({ iso });
});

test.each(['Europe/Zurich', 'UTC', '+02:00'])('%s is a zone', (zone) => expect(isZone(zone)).toBe(true));
test.each(['Mars/Olympus', '', '2', '+20:00'])('%p is none', (zone) => expect(isZone(zone)).toBe(false));
