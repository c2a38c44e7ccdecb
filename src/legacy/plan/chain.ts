/** Records of audit-only phases: a chain of versions, each in force until the next one. */
import type { JsonObject } from '../../versioning/model';
import type { MappedId, PlacedRow, Unit } from '../unit';
import { later, millisecondAfter, versionRows, type PhaseSource } from './workflow';

/** Something that happened to a record, and the record's state after it. */
export interface Step {
  /** A permanent name of the step, independent of steps added before it later. */
  readonly key: string;
  readonly versionId: string;
  readonly at: string;
  readonly by: number;
  readonly content: JsonObject;
  readonly submitted?: { readonly at: string; readonly by: number } | undefined;
  readonly reviewed?: { readonly at: string; readonly by: number } | undefined;
  readonly reason: string;
  readonly ids?: readonly MappedId[];
  readonly sources: readonly PlacedRow[];
  /** Set for a later step of a row that is placed already. */
  readonly about?: PlacedRow;
}

/** A record's steps as units, in the given order; effective periods are consecutive whatever the recorded times say. */
export function planChain(source: PhaseSource, masterRecordId: string, steps: readonly Step[]): Unit[] {
  let last = '';
  const starts = steps.map(({ at }) => (last = last === '' ? at : later(at, millisecondAfter(last))));
  return steps.map((step, i) => {
    const next = starts[i + 1] ?? null;
    const facts = {
      versionId: step.versionId,
      masterRecordId,
      number: i + 1,
      status: next === null ? 'RECORDED' : 'SUPERSEDED',
      parentId: steps[i - 1]?.versionId ?? null,
      baseId: null,
      createdAt: step.at,
      createdBy: step.by,
      submittedAt: step.submitted?.at ?? null,
      submittedBy: step.submitted?.by ?? null,
      reviewedAt: step.reviewed?.at ?? null,
      reviewedBy: step.reviewed?.by ?? null,
      inForceFrom: starts[i]!,
      inForceTo: next,
    };
    return {
      key: step.key,
      actor: step.by,
      occurredAt: step.at,
      reason: step.reason,
      rows: versionRows(source, facts, step.content),
      ids: step.ids ?? [],
      sources: step.sources,
      ...(step.about && { about: step.about }),
    };
  });
}
