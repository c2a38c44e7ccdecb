import { useMemo } from 'react';
import { useCommand } from '../../../api/client';
import { codeOf, messageOf } from '../../../api/error';
import {
  PutItemsDocument,
  type FieldFragment,
  type ItemFragment,
  type Phase,
  type PhaseItemChangesInput,
} from '../../../generated/graphql';
import { isEmpty, keep, kept, useNoted } from '../../../parts/kept';
import { count } from '../../../text/words';
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

/** Under which name the items of a phase are put. */
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
  /** The one field that the last step was about: what is typed into it on is the same step. */
  readonly about?: string | undefined;
  /** How many cells had no place, where the last step was to paste some. */
  readonly left?: number;
}

/** What somebody typed into the items of a version, until it is saved: kept in this browser, and undone step by step. */
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

  /** Sends what is not saved, of one item or of all. */
  const save = (itemKey?: string) => {
    const sent = pending.filter(({ item }) => itemKey === undefined || item.itemKey === itemKey);
    if (sent.length === 0 || put.isPending) return;
    if (sent.some(({ isConflict, problem }) => isConflict || problem !== undefined)) return;
    // Which of the phases it is, is said by the name; each has its own fields.
    const changes = { [itemsOf[version.phase]!]: asChanges(sent) } as unknown as PhaseItemChangesInput;
    const input = { versionId: version.versionId, expectedRevision: version.revision, changes };
    put.mutate(
      { input },
      // What is saved is not undone any more: it is in the log.
      { onSuccess: () => advance((previous) => ({ past: [], now: without(previous.now, sent) })) },
    );
  };
  const problem =
    codeOf(put.error) === 'CONFLICT'
      ? conflicts.length > 0
        ? `Somebody changed this version meanwhile, ${count(conflicts.length, 'field')} of yours among it.`
        : 'Somebody changed this version meanwhile, but none of your fields. Save again.'
      : put.error && messageOf(put.error);

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
    /** One step, however many fields it is about. */
    change: (changes: readonly Change[]) => {
      const [first, ...others] = changes;
      const about = first && others.length === 0 ? `${first.item.itemKey} ${first.field.name}` : undefined;
      advance((previous) => ({
        past: about && about === previous.about ? previous.past : [...previous.past, previous.now],
        now: withChanges(previous.now, changes),
        about,
      }));
    },
    /** Cells that had no place in the last step. */
    left,
    /** Cells that were pasted are one step. */
    paste: ({ changes, left: noPlace }: { changes: readonly Change[]; left: number }) =>
      advance((previous) => ({
        past: [...previous.past, previous.now],
        now: withChanges(previous.now, changes),
        left: noPlace,
      })),
    /** What somebody else saved was seen, and is to be replaced. */
    insist: (change: Change) =>
      advance((previous) => ({ past: [...previous.past, previous.now], now: insistedOn(previous.now, change) })),
    canUndo: past.length > 0,
    undo: () => advance(({ past: steps, now: last }) => ({ past: steps.slice(0, -1), now: steps.at(-1) ?? last })),
    /** Gives up what was typed, of one item or of all; that can be undone. */
    discard: (itemKey?: string) =>
      advance((previous) => {
        const { [itemKey ?? '']: _, ...others } = previous.now;
        return { past: [...previous.past, previous.now], now: itemKey === undefined ? {} : others };
      }),
    save,
  };
}
export type Unsaved = ReturnType<typeof useUnsaved>;
