/** Which drafted phases are tried whole: rules know no phase, so those that declare what others do not stand for all of them. */
import { fullPhases } from '../../src/phases';
import { effort } from './effort';

/** Their own approval, an approval by decisions, signatures. */
const byNovelty = ['PLANNING', 'SCOPING', 'FINALIZE_TEST_REPORT'];

export const triedWhole = [...fullPhases]
  .sort((one, other) => Number(byNovelty.includes(other.key)) - Number(byNovelty.includes(one.key)))
  .slice(0, effort.wholeTransitionTables);
