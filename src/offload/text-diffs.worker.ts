/** The worker: computes the diffs of a batch. */
import { unifiedDiff, type TextChange, type TextDiff } from '../../packages/bounded-diff';

export default (changes: readonly TextChange[]): TextDiff[] => changes.map(unifiedDiff);
