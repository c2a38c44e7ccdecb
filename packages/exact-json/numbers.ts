/**
 * Which numbers are kept as they are written. JSON programs, ours and everybody's, hold a number as an IEEE 754 double and
 * write the shortest decimal that is read as the same double; a number is kept when that decimal has the value that was sent.
 */

/** Up to so many digits any decimal survives; with an exponent, the smallest and largest numbers need a closer look. */
const ALWAYS_KEPT = /^-?[\d.]{1,15}$/;

/** A decimal as sign, digits without zeros around them, and the power of ten they are multiplied by: one form for each value. */
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

/** What would become of a number, as it is written in JSON or GraphQL: null if it is kept, else what would be read back. */
export function alteredNumber(literal: string): string | null {
  if (ALWAYS_KEPT.test(literal)) return null;
  const read = Number(literal);
  if (!Number.isFinite(read)) return 'nothing, for it is too large';
  return valueOf(literal) === valueOf(String(read)) ? null : String(read);
}
