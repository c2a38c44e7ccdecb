/** The drafted phases that are tried completely. Rules know no phase, so the phases that declare something unique represent the others. */
import { fullPhases } from '../../src/phases';
import { effort } from './effort';

/** Their own approval, an approval by decisions, signatures. */
const byNovelty = ['PLANNING', 'SCOPING', 'FINALIZE_TEST_REPORT'];

export const triedWhole = [...fullPhases]
  .sort((one, other) => Number(byNovelty.includes(other.key)) - Number(byNovelty.includes(one.key)))
  .slice(0, effort.wholeTransitionTables);
