/** Refuses what is more than a limit, by throwing; a hint says what to ask for instead. */
export type Hold = (measure: string, limit: number, actual: number, hint: string) => void;
