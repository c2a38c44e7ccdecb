import { textChange } from '../../src/versioning/text-change';

test('a text is long from 80 characters or two lines on', () => {
  const changed = (before: string | number, after: string | number) =>
    textChange({ path: '/a', kind: 'CHANGED', before, after });
  expect(changed('one', 'two')).toBeNull();
  expect(changed('x'.repeat(79), 'y')).toBeNull();
  expect(changed(1, 'x'.repeat(80))).toBeNull();
  expect(changed('y', 'x'.repeat(80))).toEqual({ path: '/a', before: 'y', after: 'x'.repeat(80) });
  expect(changed('a\n', 'a')).toEqual({ path: '/a', before: 'a\n', after: 'a' });
  expect(textChange({ path: '/a', kind: 'ADDED', before: null, after: 'x'.repeat(80) })).toBeNull();
});
