/** Throws if a value exceeds its limit; the hint says what to ask for instead. */
export type Hold = (measure: string, limit: number, actual: number, hint: string) => void;
