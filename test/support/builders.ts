/**
 * Builders fill in what a test does not mention. They go through the API, so users could have built the same. Only signatures, which nobody
 * can give yet, are written as an import would write them.
 */
import { randomUUID } from 'node:crypto';
import { v5 as uuidv5 } from 'uuid';
import { fullPhaseOf, phaseOf } from '../../src/phases';
import { contentFields, isReference, type FieldTable, type StoredField } from '../../src/versioning/fields';
import type { AuditOnlyPhase } from '../../src/versioning/phase';
import { ada, aud, ben, dan, eve, olga, stranger, tess, workflow, type World } from './world';

export interface BuiltVersion {
  readonly versionId: string;
  readonly masterRecordId: string;
  readonly versionNumber: number;
  readonly revision: number;
  readonly status: string;
  readonly contentHash: string;
}

const header = 'versionId masterRecordId versionNumber revision status contentHash';
const NAMESPACE = '6f1c1a0e-8f1d-4a1b-9a54-3b6d0c6a7f00';

/** The n-th sample value of a field. */
function sample(name: string, field: StoredField, n: number): unknown {
  if (field.restricted) return field.fallback;
  if (field.codeOf) return null;
  switch (field.kind) {
    case 'instant':
      return `2026-10-${String((n % 28) + 1).padStart(2, '0')}T09:30:00.000Z`;
    case 'user':
      return n % 2 === 0 ? dan : eve;
    case 'lob':
    case 'version':
      return null;
    case 'uuid':
      return uuidv5(`${name} ${n}`, NAMESPACE);
    case 'flag':
      return n % 2 === 0;
    case 'integer':
      return n;
    case 'date':
      // An end is always later than any start.
      return `2026-${name.endsWith('End') ? 11 : 10}-${String((n % 28) + 1).padStart(2, '0')}`;
    case 'json':
      return { name: `${field.label} ${n}`, nested: { number: n + 0.5 } };
    case 'jsonList':
      return [{ reference: `${name} ${n}` }];
    case 'textList':
      return [`${name} ${n}`];
    case 'enumeration':
      return field.enumeration!.values[n % field.enumeration!.values.length];
    case 'text': {
      // The first suggestion has a meaning of its own: there is one primary owner.
      const [, ...others] = field.onlySuggested ? field.suggestions! : [];
      return others[n % others.length] ?? `${field.label} ${n}`;
    }
  }
}

/** The n-th sample item of a phase, as its input takes it. */
export const sampleItem = (phase: string, n: number): Record<string, unknown> =>
  Object.fromEntries(
    contentFields(fullPhaseOf(phase).item.fields).map(([name, field]) => [name, sample(name, field, n)]),
  );

/** `count` sample items wrapped in the phase's member of PhaseItemsInput. */
export const sampleItems = (phase: string, count: number, from = 1): Record<string, unknown> => ({
  [fullPhaseOf(phase).item.input]: Array.from({ length: count }, (_, i) => sampleItem(phase, from + i)),
});

export const sampleContent = (phase: string, n = 1): Record<string, unknown> => ({
  [fullPhaseOf(phase).version.input]: sampleInput(fullPhaseOf(phase).version.fields, n),
});

const sampleInput = (fields: FieldTable, n: number): Record<string, unknown> =>
  Object.fromEntries(contentFields(fields).map(([name, field]) => [name, sample(name, field, n)]));

/** Runs a mutation of the version family and returns the version it answers with. */
export async function mutate(
  world: World,
  userId: number,
  mutation: string,
  inputType: string,
  input: object,
): Promise<BuiltVersion> {
  const data = await world.get<Record<string, { version: BuiltVersion }>>(
    userId,
    `mutation ($input: ${inputType}!) { ${mutation}(input: $input) { version { ${header} } } }`,
    { input },
  );
  return data[mutation]!.version;
}

export const transition = (
  world: World,
  userId: number,
  mutation: string,
  version: BuiltVersion,
  reason = mutation === 'deleteVersion' ? 'Not needed.' : undefined,
): Promise<BuiltVersion> =>
  mutate(world, userId, mutation, 'VersionTransitionInput', {
    versionId: version.versionId,
    expectedRevision: version.revision,
    reason,
  });

export async function itemKeys(world: World, versionId: string): Promise<string[]> {
  const data = await world.get(
    aud,
    `query ($id: UUID!) { phaseVersion(versionId: $id) { items(first: 1000) { nodes { itemKey } } } }`,
    { id: versionId },
  );
  return data.phaseVersion.items.nodes.map((item: { itemKey: string }) => item.itemKey);
}

export interface VersionWanted {
  readonly phase: string;
  readonly status?: 'DRAFT' | 'PENDING_APPROVAL' | 'APPROVED' | 'REJECTED';
  readonly items?: number;
  readonly carryForward?: 'APPROVED_ITEMS' | 'ALL_ITEMS' | 'NONE';
  readonly preparer?: number;
  readonly approver?: number;
  readonly of?: { cycleId: string; reportId: string };
}

/** The person who decides on a phase in the standard workflow. */
export function approverOf(phase: string): number {
  const { selfAttested, approvedBy } = fullPhaseOf(phase);
  if (selfAttested) return ada;
  return approvedBy.includes('TEST_EXECUTIVE') ? tess : olga;
}

/** The sample input of a command: only its first required member. */
export function commandInput(phase: AuditOnlyPhase, name: string, n = 1): Record<string, unknown> {
  const { input, needsReason } = phase.commands[name]!;
  const required = Object.fromEntries(
    Object.entries(input).filter(([, field]) => 'required' in field && field.required),
  );
  return { ...sampleInput(required, n), ...(needsReason && { reason: `Because of ${n}.` }) };
}

/** The sample input of a command with all members, except references and optional instants. */
export function fullCommandInput(phase: AuditOnlyPhase, name: string, n = 1): Record<string, unknown> {
  const given = Object.fromEntries(
    contentFields(phase.commands[name]!.input).filter(
      ([, { kind, required }]) => required || !(isReference(kind) || kind === 'instant'),
    ),
  );
  return { ...sampleInput(given, n), reason: `Because of ${n}.` };
}

/** Runs one of an audit-only phase's commands on a workflow or on a version. */
export const sendCommand = (
  world: World,
  userId: number,
  phase: AuditOnlyPhase,
  name: string,
  input: object,
): Promise<BuiltVersion> => mutate(world, userId, name, phase.commands[name]!.inputType, input);

/** Starts a record of an audit-only phase, with what must come before it. */
export async function buildRecord(
  world: World,
  {
    phase: key,
    of = workflow,
    by = ada,
    approver,
    n = 1,
  }: { phase: string; of?: Place; by?: number; approver?: number; n?: number },
): Promise<BuiltVersion> {
  const phase = phaseOf(key) as AuditOnlyPhase;
  for (const needed of phase.prerequisites) await demandPhase(world, needed, { of, preparer: by, approver });
  const [start] = Object.keys(phase.commands).filter((name) => !phase.commands[name]!.action);
  return sendCommand(world, by, phase, start!, {
    cycleId: of.cycleId,
    reportId: of.reportId,
    ...commandInput(phase, start!, n),
  });
}

interface Place {
  readonly cycleId: string;
  readonly reportId: string;
}

/** Advances a phase to where the next one opens, unless it is there already. */
export async function demandPhase(
  world: World,
  phase: string,
  { of, preparer, approver }: { of: Place; preparer: number; approver?: number },
): Promise<void> {
  if (await latestOf(world, phase, of)) return;
  if (phaseOf(phase).versioning === 'AUDIT_ONLY') await buildRecord(world, { phase, of, by: preparer, approver });
  else
    await buildVersion(world, {
      phase,
      of,
      preparer,
      status: 'APPROVED',
      approver: fullPhaseOf(phase).selfAttested ? preparer : approver,
    });
}

/** Writes every signature that the version's approval requires, as an import would write it. */
export async function signAll(
  world: World,
  { versionId, contentHash }: Pick<BuiltVersion, 'versionId' | 'contentHash'>,
  phase: string,
  { except }: { except?: string } = {},
): Promise<void> {
  const candidates = await world.sql<{ lead: number }>(
    'owner',
    'select c.id as lead from phase_version v, unnest($2::int[]) c(id) where v.version_id = $1 and log.may_decide(v, c.id)',
    [versionId, [ben, ada, stranger]],
  );
  const { lead } = candidates[0]!;
  const signers = { testLeadId: lead, reportOwnerId: olga, testExecutiveId: tess };
  for (const { role, person } of (fullPhaseOf(phase).signOffs ?? []).filter((signOff) => signOff.role !== except))
    await world.sql(
      'owner',
      `insert into test_report_signoffs (sign_off_id, stream_id, version_id, sign_off_role, sign_off_user_id, sign_off_status,
         sign_off_date, meaning, signer_name, signed_content_hash)
       select $1, v.stream_id, v.version_id, $3, $4, 'SIGNED', date_trunc('milliseconds', clock_timestamp()), 'review', u.name, $5
       from phase_version v, users u where v.version_id = $2 and u.user_id = $4`,
      [randomUUID(), versionId, role, signers[person], contentHash],
    );
}

/** Decides every item of a submitted version that is decided item by item. */
export async function decideAll(
  world: World,
  userId: number,
  version: BuiltVersion,
  phase: string,
  status = 'APPROVED',
): Promise<BuiltVersion> {
  if (fullPhaseOf(phase).item.reviewed !== 'BY_DECISIONS') return version;
  const keys = await itemKeys(world, version.versionId);
  return mutate(world, userId, 'decideItems', 'DecideItemsInput', {
    versionId: version.versionId,
    expectedRevision: version.revision,
    decisions: keys.map((itemKey) => ({ itemKey, status, ...(status !== 'APPROVED' && { notes: 'Not so.' }) })),
  });
}

/** Builds a version of a phase in the requested status, with its prerequisites. It carries nothing forward unless told to. */
export async function buildVersion(world: World, wanted: VersionWanted): Promise<BuiltVersion> {
  const {
    phase,
    status = 'DRAFT',
    items = 3,
    carryForward = 'NONE',
    preparer = ada,
    approver = approverOf(phase),
    of = workflow,
  } = wanted;
  for (const needed of fullPhaseOf(phase).prerequisites)
    await demandPhase(world, needed, { of, preparer, approver: wanted.approver });
  const { cycleId, reportId } = of;
  let version = await mutate(world, preparer, 'createVersion', 'CreateVersionInput', {
    cycleId,
    reportId,
    phase,
    carryForward,
    content: sampleContent(phase),
    ...(items > 0 && carryForward === 'NONE' && { items: sampleItems(phase, items) }),
  });
  if (status === 'DRAFT') return version;
  version = await transition(world, preparer, 'submitVersion', version);
  if (status === 'PENDING_APPROVAL') return version;
  if (status === 'REJECTED') return transition(world, approver, 'rejectVersion', version, 'Not yet.');
  version = await decideAll(world, approver, version, phase);
  await signAll(world, version, phase);
  return transition(world, approver, 'approveVersion', version);
}

/** The approved version of a phase, or the latest version of its newest record. Null if the phase has nothing in force. */
export async function latestOf(
  world: World,
  phase: string,
  { cycleId, reportId }: Place,
): Promise<BuiltVersion | null> {
  const { versioning } = phaseOf(phase);
  const data = await world.get(
    aud, // the auditor sees every workflow
    `query ($c: UUID!, $r: UUID!, $p: Phase!) { workflow(cycleId: $c, reportId: $r) { workflowPhase(phase: $p) {
       current { ${header} } records(first: 1) { nodes { ${header} } } } } }`,
    { c: cycleId, r: reportId, p: phase },
  );
  const { current, records } = data.workflow.workflowPhase;
  return versioning === 'FULL' ? current : (records.nodes[0] ?? null);
}
