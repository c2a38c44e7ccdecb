import { phaseNamed } from '../../src/legacy/phase-names';
import { phases } from '../../src/phases';

test.each([
  ['Data Provider ID', 'DATA_OWNER_ID'],
  ['Testing', 'TEST_EXECUTION'],
  ['Observations', 'OBSERVATION_MANAGEMENT'],
])('%s is what the old system called %s', (name, key) => {
  expect(phaseNamed(name)).toBe(key);
});

test('a phase is known by its key and its title, in any letter case, with anything between the words', () => {
  for (const { key, title } of phases)
    for (const name of [key, title, key.toLowerCase(), title.toUpperCase(), ` ${title.replaceAll(' ', '-')} `])
      expect([name, phaseNamed(name)]).toEqual([name, key]);
  expect(phaseNamed('data_provider-id')).toBe('DATA_OWNER_ID');
});

test.each(['', ' ', '-', 'scope', 'scoping2', 'Data%20Owner%20ID', 'constructor', '__proto__', 'SCOPİNG'])(
  '“%s” is no phase',
  (name) => {
    expect(phaseNamed(name)).toBeUndefined();
  },
);
