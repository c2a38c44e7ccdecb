/**
 * Which numbers survive. JSON programs hold numbers as IEEE 754 doubles and print the shortest decimal that parses to the same double. A
 * number survives if that decimal equals the one that was sent.
 */

/** Decimals with up to this many digits always survive; those with an exponent are checked further at the ends of the range. */
const ALWAYS_KEPT = /^-?[\d.]{1,15}$/;

/** A decimal as sign, significant digits and power of ten: a canonical form for each value. */
function valueOf(literal: string): string {
  const [, sign = '', whole = '', fraction = '', power = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(
    literal,
  )!;
  const digits = whole + fraction;
  let start = 0;
  while (digits[start] === '0') start++;
  if (start === digits.length) return '0';
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return `${sign}${digits.slice(start, end)}e${Number(power) - fraction.length + digits.length - end}`;
}

/** What a number would become: null if it survives, else the text that would be read back. */
export function alteredNumber(literal: string): string | null {
  if (ALWAYS_KEPT.test(literal)) return null;
  const read = Number(literal);
  if (!Number.isFinite(read)) return 'nothing, for it is too large';
  return valueOf(literal) === valueOf(String(read)) ? null : String(read);
}
