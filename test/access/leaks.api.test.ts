/**
 * No side doors: whatever is asked for, now or at an instant, with whichever ids, nothing of what is hidden comes out. What is
 * hidden holds a mark in every text; the operations are made from the schema, so a new field is asked for as well, and the
 * auditor's answers show that they would find it.
 */
import { randomUUID } from 'node:crypto';
import { fullPhases } from '../../src/phases';
import { fromGlobalId } from '../../src/graphql/global-id';
import type { Place } from '../past/support';
import { effort } from '../support/effort';
import { olga, World } from '../support/world';
import {
  argumentsAt,
  ask,
  asOf,
  diffOperation,
  figureArguments,
  harvest,
  keyOf,
  nodeOperations,
  ofPlace,
  queryOperation,
  sharedOut,
  someOfEach,
  versionIdsAmong,
  type Operation,
} from './asking';
import { placesInAWorld, MARK, people, type Places } from './places';
import { allFields, holdsText, type Seen } from './selection';

let world: World;
let places: Places;
let whole: readonly string[];
let torn: { readonly shown: readonly string[]; readonly hidden: readonly string[] };
beforeAll(async () => {
  ({ world, places } = await placesInAWorld());
  whole = (await harvest(world, places.whole)).own;
  const { own } = await harvest(world, places.torn);
  const gone = places.deleted.flatMap(({ version, draft }) => [version.versionId, draft.versionId]);
  const hidden = await belongingTo(own, gone);
  torn = { hidden, shown: own.filter((id) => !hidden.includes(id)) };
});
afterAll(() => world.destroy());

/** The ids of versions, and of what is theirs. */
async function belongingTo(ids: readonly string[], versionIds: readonly string[]): Promise<string[]> {
  const rows = await world.sql<{ row_id: string }>(
    'superuser',
    `select r.row_id from log.row_change r where r.version_id = any($1::uuid[])
     union select c.change_set_id || '-' || r.ordinal from log.row_change r join log.change_set c using (stream_id, sequence)
     where r.version_id = any($1::uuid[])`,
    [versionIds],
  );
  const keys = new Set(rows.map((row) => row.row_id));
  return ids.filter((id) =>
    [keyOf(id), keyOf(id).slice(0, 36)].some((key) => keys.has(key) || versionIds.includes(key)),
  );
}

const queries = (ids: readonly string[], place: Place): Operation[] => {
  const at = ofPlace(place);
  const versionIds = versionIdsAmong(ids);
  return [
    ...['workflow', 'workflows', 'metrics', 'dataOwners', 'verifyChangeLog'].map((field) => queryOperation(field, at)),
    ...Object.entries(figureArguments(place)).map(([field, args]) => queryOperation(field, args)),
    ...versionIds.map((versionId) => queryOperation('phaseVersion', { versionId })),
    diffOperation(versionIds),
  ];
};
/** Everything, now and at instants, in both ways of asking for the past. */
const everything = (ids: readonly string[], place: Place, instants = places.instants): Operation[] => {
  const now = [...nodeOperations(ids, argumentsAt(instants.slice(0, 1))), ...queries(ids, place)];
  const then = [...nodeOperations(ids, argumentsAt([])), ...queries(ids, place)];
  return [...now, ...instants.flatMap((at) => then.map((operation) => asOf(operation, at)))];
};

const some = (ids: readonly string[]): string[] => someOfEach(ids, effort.idsOfAKind);

/** The same with ids that nobody has. */
function elsewhere(
  { query, variables }: Operation,
  ids: readonly string[],
): { operation: Operation; back: (text: string) => string } {
  const swaps = [...new Set(ids)].map((id) => [id, randomUUID()] as const);
  const swap = (text: string) => swaps.reduce((rest, [id, other]) => rest.replaceAll(id, other), text);
  const inside = (id: string) => Buffer.from(swap(Buffer.from(id, 'base64url').toString())).toString('base64url');
  const others = Object.entries(variables).map(([name, value]) => [
    name,
    name === 'ids' ? (value as string[]).map(inside) : swap(value as string),
  ]);
  return {
    operation: { query: swap(query), variables: Object.fromEntries(others) },
    back: (text) => swaps.reduce((rest, [id, other]) => rest.replaceAll(other, id), text),
  };
}

const isRowChange = (id: string): boolean => fromGlobalId(id)!.typeName === 'RowChange';
const uuidsOf = (ids: readonly string[]): string[] => [...new Set(ids.map((id) => keyOf(id).slice(0, 36)))];

const marks = (seen: Seen): string[] =>
  [...seen].filter(([, values]) => [...values.values()].some((value) => value.includes(MARK))).map(([name]) => name);

describe('a workflow, to people who may not see it,', () => {
  const outside = Object.entries(people).filter(([, { sees }]) => !sees);

  test.each(outside)('does not exist on any path, now or in the past: %s', async (_, { userId }) => {
    const { reportId, workflowId } = places.whole;
    const asked = some(whole);
    const secrets = uuidsOf(asked);
    for (const operation of everything(asked, places.whole, places.instants.slice(0, effort.instantsOfLeaks))) {
      const { operation: other, back } = elsewhere(operation, [...secrets, reportId, workflowId]);
      const [{ text }, nothing] = [await ask(world, userId, operation), await ask(world, userId, other)];
      expect(text).not.toContain(MARK);
      expect(text).toBe(back(nothing.text));
    }
  });
});

describe('a deleted version, to people of the workflow who may not see what is deleted,', () => {
  const barred = Object.entries(people).filter(([, { sees, seesDeleted }]) => sees && !seesDeleted);

  test.each(barred)('does not exist by its ids: %s', async (_, { userId }) => {
    const asked = some(torn.hidden);
    const secrets = uuidsOf(asked);
    const byId = everything(asked, places.torn).filter(({ variables }) => variables.reportId !== places.torn.reportId);
    for (const operation of byId) {
      const { operation: other, back } = elsewhere(operation, secrets);
      const [{ text }, nothing] = [await ask(world, userId, operation), await ask(world, userId, other)];
      expect(text).toBe(back(nothing.text));
    }
  });

  test.each(barred)(
    'is not in anything that hangs on the workflow, now or in the past: %s',
    async (name, { userId }) => {
      // They see alike, so each asks for a share of the objects; in the long form for all of them.
      const shares = sharedOut(torn.shown, effort.sharesOfObjects);
      const shown = shares[barred.findIndex(([one]) => one === name) % shares.length]!;
      // A commit that touched a hidden row may be seen itself.
      const hidden = torn.hidden.filter((id) => !isRowChange(id));
      const secrets = [...new Set([MARK, ...torn.hidden, ...uuidsOf(hidden)])];
      const [before] = places.instants;
      // The longest way of asking for the past is asked by one of them: what it reads with is the same.
      const nested = userId === olga;
      const leaks = new Set<string>();
      for (const operation of [
        ...nodeOperations(shown, argumentsAt(nested ? [before!] : [])),
        ...nodeOperations(shown, argumentsAt([])).map((then) => asOf(then, before!)),
        queryOperation('metrics', ofPlace(places.torn)),
        diffOperation(versionIdsAmong(shown)),
      ]) {
        const { text, seen } = await ask(world, userId, operation);
        const found = secrets.filter((secret) => text.includes(secret));
        for (const [name, values] of seen)
          if ([...values.values()].some((value) => found.some((secret) => value.includes(secret)))) leaks.add(name);
        if (found.length > 0 && leaks.size === 0) leaks.add(text);
      }
      expect([...leaks]).toEqual([]);
    },
  );

  test.each(barred)('is not found by filters: %s', async (_, { userId }) => {
    const versions = versionIdsAmong(torn.shown).map(
      (id, i) => `v${i}: phaseVersion(versionId: "${id}") { items(search: "${MARK}") { totalCount } }`,
    );
    const found: Record<string, { items: { totalCount: number } }> = await world.get(
      userId!,
      `{ ${versions.join(' ')} }`,
    );
    expect(Object.values(found).filter(({ items }) => items.totalCount > 0)).toEqual([]);

    const phases = fullPhases.map(
      ({ key }) => `${key}: changes(first: 100, phases: [${key}]) { totalCount nodes { versions { phase } } }`,
    );
    const { workflow } = await world.get(
      userId!,
      `query ($cycleId: UUID!, $reportId: UUID!) {
         workflow(cycleId: $cycleId, reportId: $reportId) { ${phases.join(' ')} } }`,
      ofPlace(places.torn),
    );
    for (const [phase, { totalCount, nodes }] of Object.entries<any>(workflow)) {
      expect(nodes).toHaveLength(totalCount);
      for (const { versions } of nodes) expect(versions).toContainEqual({ phase });
    }
  });
});

/** Texts that are nobody's words: codes, names of fields and tables, hashes, cursors, reference data, what a refused rebase says. */
const wordless = new Set(
  `ApprovalRequirement.code ApprovalRequirement.explanation ChainVerification.archivedIn ChainVerification.headHash ChainVerification.problem
   ChangeLogRead.field ChangeLogRead.origin ChangeLogRead.requestId ChangeLogReadEdge.cursor
   CommandConfig.description CommandConfig.name FieldConfig.description FieldConfig.inputName FieldConfig.name FieldConfig.suggestions
   FieldConfig.title FieldConstant.title FieldConstant.value StillNamed.place StillNamed.position
   AuditorPack.failure AuditorPack.path AuditorPack.sha256 DeadLetter.lastFailure NotificationRule.address NotificationRule.lastFailure NotificationRule.zone Webhook.lastFailure Webhook.name Webhook.operations Webhook.secretId Webhook.url WebhookPayload.secret
   ChangeSet.hash ChangeSet.operation ChangeSet.operator ChangeSet.origin ChangeSet.previousHash ChangeSet.requestId ChangeSetEdge.cursor
   Cycle.cycleStatus Cycle.name CycleEdge.cursor LobEdge.cursor ReportEdge.cursor UserEdge.cursor DataOwnerChange.changeType DataOwnerChange.previousState DocumentRevision.changedFields DocumentRevision.revisionType DocumentSubmission.revisionType DocumentSubmission.submissionType FieldBlame.path FieldChange.path
   FieldChange.textDiff ImportedFrom.sourceKey ImportedFrom.sourceTable ItemChangeEdge.cursor ItemDecision.notCountedBecause ItemFacet.field Lob.name MergeConflict.base MergeConflict.label MergeConflict.ours
   MergeConflict.path MergeConflict.theirs PageInfo.endCursor PageInfo.startCursor PhaseConfig.itemTypeName PhaseConfig.title
   PhaseConfig.versionTypeName PhaseVersion.contentHash PhaseVersionEdge.cursor Report.name Report.number
   RowChange.changedFields RowChange.rowId RowChange.table RowChangeEdge.cursor SearchResult.title SearchResultEdge.cursor TableCoverage.problem TableCoverage.table TestExecutionAudit.actionType TestExecutionAudit.responseStatus
   TestReportSignOff.notCountedBecause TestReportSignOff.signOffRole TestReportSignOff.signedContentHash Turn.reason User.name VersionItem.contentHash VersionItemEdge.cursor
   VersioningMetric.metricMetadata VersioningMetric.metricType VersioningMetricEdge.cursor WorkEntry.reason WorkEntryEdge.cursor WorkflowEdge.cursor
   WorkflowPhase.cannotCreateReason`.split(/\s+/),
);

describe('the auditor', () => {
  test('finds the mark with the same operations in every field that holds text', async () => {
    const found = new Set<string>();
    for (const operation of [...nodeOperations(whole, argumentsAt([])), ...queries(whole, places.whole)])
      for (const name of marks((await ask(world, people.auditor!.userId, operation)).seen)) found.add(name);
    const unmarked = allFields.filter((name) => holdsText(name) && !found.has(name));
    expect(unmarked).toEqual([...wordless].sort());
  });
});
