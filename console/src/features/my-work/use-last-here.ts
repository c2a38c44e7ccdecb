import { useEffect, useState } from 'react';
import { looked, type Look, type Visits } from './last-here';

const keyOf = (person: number) => `phaseledger.last-here.${person}`;
const keptOf = (person: number) => JSON.parse(localStorage.getItem(keyOf(person)) ?? 'null') as Visits | null;

/** Notes that these heads are looked at, and says what was before this visit. */
export function useLastHere(person: number, heads: Look['heads'], readAt: number) {
  const [visits, setVisits] = useState(() => looked(keptOf(person), heads, readAt));
  const keep = (next: Visits) => {
    localStorage.setItem(keyOf(person), JSON.stringify(next));
    setVisits(next);
  };
  // Another tab may have looked meanwhile: what is kept counts.
  useEffect(() => keep(looked(keptOf(person), heads, readAt)), [person, readAt]);
  return { before: visits.before, seen: () => keep({ ...visits, before: visits.here }) };
}
