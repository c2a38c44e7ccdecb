import type { Json } from '../../../parts/value';

/** The filter of one column; all conditions must hold. */
export interface Condition {
  readonly in?: readonly Json[];
  readonly contains?: string;
  readonly atLeast?: string | number;
  readonly atMost?: string | number;
  readonly isNull?: boolean;
}
/** By column name. */
export type Where = Readonly<Record<string, Condition>>;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isBound = (value: unknown) => typeof value === 'string' || typeof value === 'number';

/** Parses filters from an address; anything invalid is ignored. */
export function readWhere(given: unknown): Where | undefined {
  if (!isObject(given)) return undefined;
  const read = Object.entries(given).flatMap(([name, asked]) => {
    if (!isObject(asked)) return [];
    const { in: values, contains, atLeast, atMost, isNull } = asked;
    const condition = {
      ...(Array.isArray(values) && { in: values as Json[] }),
      ...(typeof contains === 'string' && { contains }),
      ...(isBound(atLeast) && { atLeast }),
      ...(isBound(atMost) && { atMost }),
      ...(typeof isNull === 'boolean' && { isNull }),
    };
    return Object.keys(condition).length > 0 ? [[name, condition] as const] : [];
  });
  return read.length > 0 ? Object.fromEntries(read) : undefined;
}
