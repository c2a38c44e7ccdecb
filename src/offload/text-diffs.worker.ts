/** What a worker does: the diffs of some texts, one after the other. */
import { unifiedDiff, type TextChange, type TextDiff } from '../../packages/bounded-diff';

export default (changes: readonly TextChange[]): TextDiff[] => changes.map(unifiedDiff);
