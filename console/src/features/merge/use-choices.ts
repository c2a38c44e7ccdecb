import type { MergeSide, MergeStepFragment } from '../../generated/graphql';
import { useKept } from '../../parts/kept';
import { print } from '../../parts/print';

export type Step = MergeStepFragment;
type Choices = Readonly<Record<string, MergeSide>>;

const placeOf = ({ itemKey, path }: Step): string => `${itemKey ?? ''} ${path}`;
/** A choice is between two values: if either changed since, the choice is void. */
const questionOf = (step: Step): string => `${placeOf(step)} ${print(JSON.stringify([step.ours, step.theirs]))}`;

/** The side chosen for each conflict, kept in this browser until the draft is rebased. */
export function useChoices(versionId: string, conflicts: readonly Step[]) {
  const [choices, change, forget] = useKept<Choices>(`merge.${versionId}`, {});
  const choiceOf = (step: Step): MergeSide | undefined => choices[questionOf(step)];
  return {
    choiceOf,
    open: conflicts.filter((step) => choiceOf(step) === undefined),
    resolutions: conflicts.flatMap((step) => {
      const take = choiceOf(step);
      return take ? [{ itemKey: step.itemKey, path: step.path, take }] : [];
    }),
    choose: (steps: readonly Step[], take: MergeSide) =>
      change((previous) => ({ ...previous, ...Object.fromEntries(steps.map((step) => [questionOf(step), take])) })),
    forget,
  };
}
