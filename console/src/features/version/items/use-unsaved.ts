import { useMemo } from 'react';
import * as t from '#text/version';
import { useCommand } from '../../../api/command';
import { codeOf } from '../../../api/error';
import {
  PutItemsDocument,
  type FieldFragment,
  type ItemFragment,
  type Phase,
  type PhaseItemChangesInput,
} from '../../../generated/graphql';
import { isEmpty, keep, kept, useNoted } from '../../../parts/kept';
import { refusalOf } from '../../../parts/Outcome';
import { gathered } from './gathered';
import {
  asChanges,
  insistedOn,
  pendingOf,
  withChanges,
  without,
  type Change,
  type Edits,
  type Pending,
} from './unsaved';

/** The input field of each phase's items. */
export const itemsOf: Partial<Record<Phase, string>> = {
  PLANNING: 'attributeDecisions',
  DATA_PROFILING: 'profilingRules',
  SCOPING: 'scopingDecisions',
  SAMPLE_SELECTION: 'samples',
  OBSERVATION_MANAGEMENT: 'observations',
  FINALIZE_TEST_REPORT: 'sections',
};
export const isEditable = ({ inputName, kind }: FieldFragment): boolean =>
  inputName !== null && !['OBJECTS', 'UUID'].includes(kind);

const nothing: readonly Pending[] = [];

interface Version {
  versionId: string;
  revision: number;
  phase: Phase;
}
interface History {
  readonly past: readonly Edits[];
  readonly now: Edits;
  /** The field of the last step, so that further typing belongs to the same step. */
  readonly about?: string | undefined;
  /** The number of cells outside the table, if the last step was a paste. */
  readonly left?: number;
}

/** A version's unsaved edits: kept in this browser until saved, with step-by-step undo. */
export function useUnsaved(version: Version, items: readonly ItemFragment[], fields: readonly FieldFragment[]) {
  const about = `items.${version.versionId}`;
  const [{ past, now, left = 0 }, advance] = useNoted<History>(
    () => ({ past: [], now: kept<Edits>(about) ?? {} }),
    (history) => keep(about, isEmpty(history.now) ? undefined : history.now),
  );
  const put = useCommand(PutItemsDocument, { whenRead: true });
  const editable = useMemo(() => fields.filter(isEditable), [fields]);
  const pending = useMemo(() => pendingOf(now, items, editable), [now, items, editable]);

  const byItem = useMemo(() => gathered(pending, ({ item }) => item.itemKey), [pending]);
  const conflicts = pending.filter(({ isConflict }) => isConflict);
  const wrong = pending.filter(({ problem }) => problem !== undefined);

  /** Saves the edits of one item or of all. */
  const save = (itemKey?: string) => {
    const sent = pending.filter(({ item }) => itemKey === undefined || item.itemKey === itemKey);
    if (sent.length === 0) return;
    if (sent.some(({ isConflict, problem }) => isConflict || problem !== undefined)) return;
    // The input field names the phase, since each has its own type.
    const changes = { [itemsOf[version.phase]!]: asChanges(sent) } as unknown as PhaseItemChangesInput;
    const input = { versionId: version.versionId, expectedRevision: version.revision, changes };
    put.mutate(
      { input },
      // Saved edits cannot be undone: they are in the log.
      { onSuccess: () => advance((previous) => ({ past: [], now: without(previous.now, sent) })) },
    );
  };
  const problem =
    codeOf(put.error) === 'CONFLICT'
      ? conflicts.length > 0
        ? t.somebodyElseChangedThisVersion(conflicts.length)
        : t.somebodyElseChangedThisVersionIn
      : put.error && refusalOf(put.error);

  return {
    editable,
    pending,
    conflicts,
    wrong,
    problem,
    isSaving: put.isPending,
    isSaved: put.isSuccess,
    pendingOf: (itemKey: string): readonly Pending[] => byItem.get(itemKey) ?? nothing,
    textOf: (itemKey: string, name: string): string | undefined => now[itemKey]?.[name]?.text,
    /** Applies edits as one undo step. */
    change: (changes: readonly Change[]) => {
      const [first, ...others] = changes;
      const about = first && others.length === 0 ? `${first.item.itemKey} ${first.field.name}` : undefined;
      advance((previous) => ({
        past: about && about === previous.about ? previous.past : [...previous.past, previous.now],
        now: withChanges(previous.now, changes),
        about,
      }));
    },
    /** The number of cells outside the table in the last step. */
    left,
    /** Pastes cells as one undo step. */
    paste: ({ changes, left: noPlace }: { changes: readonly Change[]; left: number }) =>
      advance((previous) => ({
        past: [...previous.past, previous.now],
        now: withChanges(previous.now, changes),
        left: noPlace,
      })),
    /** Confirms that the edits are to replace what somebody else saved. */
    insist: (change: Change) =>
      advance((previous) => ({ past: [...previous.past, previous.now], now: insistedOn(previous.now, change) })),
    canUndo: past.length > 0,
    undo: () => advance(({ past: steps, now: last }) => ({ past: steps.slice(0, -1), now: steps.at(-1) ?? last })),
    /** Discards the edits of one item or of all; this can be undone. */
    discard: (itemKey?: string) =>
      advance((previous) => {
        const { [itemKey ?? '']: _, ...others } = previous.now;
        return { past: [...previous.past, previous.now], now: itemKey === undefined ? {} : others };
      }),
    save,
  };
}
export type Unsaved = ReturnType<typeof useUnsaved>;
