import fc from 'fast-check';
import { chance } from '../support/chance';

/** Chance that can be repeated: the same seed gives the same choices. */
export class Random {
  /** From 0 up to, and not including, 1. */
  readonly next: () => number;
  readonly #texts: readonly string[];

  constructor(readonly seed: number) {
    this.next = chance(seed);
    this.#texts = [...odd, ...fc.sample(anyText, { seed, numRuns: 500 })];
  }

  below = (limit: number): number => Math.floor(this.next() * limit);
  chance = (probability: number): boolean => this.next() < probability;
  of = <T>(choices: readonly T[]): T => choices[this.below(choices.length)]!;
  some = <T>(choices: readonly T[], count: number): T[] => {
    const left = [...choices];
    return Array.from({ length: Math.min(count, left.length) }, () => left.splice(this.below(left.length), 1)[0]!);
  };
  uuid = (): string => 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => this.below(16).toString(16));

  /** How many: mostly a few; now and then up to as many as anybody could send, every order of magnitude as likely as the next. */
  size = (most: number): number => (this.chance(0.004) ? Math.floor(most ** this.next()) : this.below(4));

  /** Texts that somebody means harm with, or that few programs are ready for; some of them far too long. */
  text = (): string => {
    const text = this.of(this.#texts);
    const times = this.size(20_000);
    return times > 3 ? text.slice(0, 20).repeat(times) : text;
  };
  number = (): number => this.of(numbers);

  /** A list; of a long one all but the first entries are alike, or making it would take longer than sending it. */
  list<T>(most: number, make: () => T): T[] {
    const length = this.size(most);
    const first = Array.from({ length: Math.min(length, 4) }, make);
    return length > 4 ? [...first, ...Array<T>(length - 4).fill(first[0]!)] : first;
  }

  /** A value within lists, within objects, within lists. */
  nested = (levels: number): unknown => {
    let value: unknown = 1;
    for (let level = 0; level < levels; level++) value = level % 2 ? { a: value } : [value];
    return value;
  };

  /** JSON of any shape. */
  json(depth = 3): unknown {
    switch (this.below(depth > 0 ? 9 : 5)) {
      case 0:
        return null;
      case 1:
        return this.chance(0.5);
      case 2:
        return this.number();
      case 3:
      case 4:
        return this.text();
      case 5:
        return this.list(200_000, () => this.json(depth - 1));
      case 6:
        return Object.fromEntries(Array.from({ length: this.below(4) }, () => [this.text(), this.json(depth - 1)]));
      case 7:
        return Object.fromEntries(Array.from({ length: this.size(200_000) }, (_, i) => [`key ${i}`, i]));
      default:
        return this.nested(this.size(1_000));
    }
  }
}

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.uint16Array({ maxLength: 12 }).map((units) => String.fromCharCode(...units)), // half surrogate pairs too
  fc.webUrl(),
  fc.json({ maxDepth: 2 }),
);

const odd = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udc00\ud800',
  '\ufeff',
  '\u202e\u200b',
  '__proto__',
  'constructor',
  'toString',
  '$1',
  '${x}',
  '%s%n',
  '%00',
  "'; drop table phase_version; --",
  '\\',
  '"',
  '"""',
  '\\u0000',
  '\\ud800',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '0'.repeat(400),
  'é'.repeat(200),
  '😀'.repeat(50),
  '{{7*7}}',
  'null',
  'true',
  'NaN',
  '1e400',
  '2026-10-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '+275760-09-13T00:00:00.000Z',
  '-271821-04-20T00:00:00.000Z',
  '2026-02-30T00:00:00Z',
  '2026-10-01T00:00:00+99:99',
];

const numbers = [
  0,
  -0,
  1,
  -1,
  2,
  3,
  20,
  100,
  101,
  1000,
  1001,
  0.1,
  -1.5,
  5e-324,
  1.7976931348623157e308,
  1e21,
  1e308,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  -(2 ** 31) - 1,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 53),
  32767,
  32768,
  4294967296,
];
