/** What is read of a JSON text before it is parsed, held against a tokenizer that makes a value of every token. */
import fc from 'fast-check';
import { Tokenizer, TokenType } from '@streamparser/json';
import { parseExactly } from '..';

const MANY = 1_000_000;
const read = (text: string, maxValues = MANY) =>
  parseExactly(Buffer.from(text), {
    where: 'The body',
    onValue: (values) => {
      if (values > maxValues) throw new Error(`The limit is ${maxValues}`);
    },
    inexact: (problem) => new RangeError(problem),
    invalid: (problem) => new SyntaxError(problem),
  });

/** How many keys, entries and brackets a text holds, as the tokenizer counts them. */
function valuesIn(text: string): number {
  let values = 0;
  const counted = [TokenType.LEFT_BRACE, TokenType.LEFT_BRACKET, TokenType.COMMA];
  const tokenizer = new Tokenizer();
  tokenizer.onToken = ({ token }) => void (counted.includes(token) && values++);
  tokenizer.write(text);
  return values;
}

/** A text that looks like JSON to whoever does not know where it begins and ends. */
const deceptive = fc
  .array(fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', '1', 'é', '\n'))
  .map((all) => all.join(''));
const value = fc
  .jsonValue({ maxDepth: 4, noUnicodeString: false })
  .chain((other) => fc.oneof(fc.constant(other), fc.dictionary(deceptive, fc.oneof(deceptive, fc.constant(other)))));

test('any JSON is read as JSON.parse reads it, and counts as many values as it has tokens that begin or part them', async () => {
  await fc.assert(
    fc.asyncProperty(value, fc.constantFrom(undefined, 1, '\t'), async (sent, indentation) => {
      const text = JSON.stringify(sent, null, indentation);
      expect(await read(text)).toEqual(JSON.parse(text));
      const values = valuesIn(text);
      expect(await read(text, values)).toEqual(JSON.parse(text));
      if (values > 0) await expect(read(text, values - 1)).rejects.toThrow(`The limit is ${values - 1}`);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['at the top', '{"a": 1, "a": 2}', 'a'],
  ['written in another way', String.raw`{"a": 1, "\u0061": 2}`, 'a'],
  ['in a list', '[{"b": 1}, {"a": 1, "b": {"a": 1}, "a": 3}]', 'a'],
  ['after texts that end in backslashes', String.raw`{"x\\": "\\\\", "y": "\\\"", "x\\": 1}`, 'x\\'],
  ['empty', '{"": 1, "": 1}', ''],
])('a key that is there twice is refused: %s', async (_, text, key) => {
  await expect(read(text)).rejects.toThrow(`has the key ${JSON.stringify(key)} twice in one object`);
});

test.each(['{"a": {"b": 1}, "b": {"a": 1}}', '[{"a": 1}, {"a": 1}]', '{"a": "a", "b": "a"}', '{"a": "\\"a\\":1,"}'])(
  'an equal key of another object, or an equal text, is no second one: %s',
  async (text) => expect(await read(text)).toEqual(JSON.parse(text)),
);

test.each(['{"a": 0.1234567890123456789}', '[1, [9007199254740993]]', '-1e999', '{"a": 1E-400}'])(
  'a number that would be read as another one is refused: %s',
  async (text) => {
    await expect(read(text)).rejects.toThrow('Send it as a text, in quotes.');
  },
);

test.each([
  '',
  '{',
  '{"a"',
  '"a',
  '"a\\',
  '{"a": 1,}',
  "{'a': 1}",
  '01',
  '1.',
  '.5',
  '+1',
  'NaN',
  '[1 2]',
  '{"\\x": 1}',
  '{}"a"',
  '[{}"a"]',
  '\u0000',
])('what is no JSON is told so: %j', async (text) => {
  await expect(read(text)).rejects.toEqual(new SyntaxError('The body is not valid JSON in UTF-8.'));
});

test('what is large is read to its end in turns, in which others come up', async () => {
  const keys = Object.fromEntries(Array.from({ length: 90_000 }, (_, n) => [`key${n}`, `"${n}\\`]));
  let turns = 0;
  const others = setInterval(() => turns++, 0);
  expect(await read(JSON.stringify(keys))).toEqual(keys);
  clearInterval(others);
  expect(turns).toBeGreaterThan(1);
  const text = JSON.stringify({ ...keys, last: 1 }).replace('"last":1', '"key0":1');
  await expect(read(text)).rejects.toThrow('has the key "key0" twice');
});
