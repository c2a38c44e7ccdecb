import { useEffect, useState } from 'react';
import { keep, kept } from '../../parts/kept';
import { looked, type Look, type Visits } from './last-here';

const ABOUT = 'last-here';

/** Records that these heads were seen, and returns the state before this visit. */
export function useLastHere(heads: Look['heads'], readAt: number) {
  const look = () => looked(kept<Visits>(ABOUT) ?? null, heads, readAt);
  const [visits, setVisits] = useState(look);
  const note = (next: Visits) => {
    keep(ABOUT, next);
    setVisits(next);
  };
  // Another tab may have recorded a visit in the meantime, so the stored state counts.
  useEffect(() => note(look()), [readAt]);
  return { before: visits.before, seen: () => note({ ...visits, before: visits.here }) };
}
