/** Builders invent what a test does not mention. They go through the API, so what they build is what users could have built. */
import { v5 as uuidv5 } from 'uuid';
import { phaseOf } from '../../src/phases';
import { contentFields, type StoredField } from '../../src/versioning/fields';
import { ada, aud, olga, workflow, type World } from './world';

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
  switch (field.kind) {
    case 'uuid':
      return uuidv5(`${name} ${n}`, NAMESPACE);
    case 'flag':
      return n % 2 === 0;
    case 'integer':
      return n;
    case 'date':
      return `2026-10-${String((n % 28) + 1).padStart(2, '0')}`;
    case 'json':
      return { name: `${field.label} ${n}`, nested: { number: n + 0.5 } };
    case 'jsonList':
      return [{ reference: `${name} ${n}` }];
    case 'textList':
      return [`${name} ${n}`];
    case 'enumeration':
      return field.enumeration!.values[n % field.enumeration!.values.length];
    case 'text':
      return `${field.label} ${n}`;
  }
}

/** The n-th sample item of a phase, as its input takes it. */
export const sampleItem = (phase: string, n: number): Record<string, unknown> =>
  Object.fromEntries(contentFields(phaseOf(phase).item.fields).map(([name, field]) => [name, sample(name, field, n)]));

/** `count` sample items wrapped in the phase's member of PhaseItemsInput. */
export const sampleItems = (phase: string, count: number, from = 1): Record<string, unknown> => ({
  [phaseOf(phase).item.input]: Array.from({ length: count }, (_, i) => sampleItem(phase, from + i)),
});

export const sampleContent = (phase: string, n = 1): Record<string, unknown> => ({
  [phaseOf(phase).version.input]: Object.fromEntries(
    contentFields(phaseOf(phase).version.fields).map(([name, field]) => [name, sample(name, field, n)]),
  ),
});

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
  reason?: string,
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
export const approverOf = (phase: string): number => (phaseOf(phase).selfAttested ? ada : olga);

/** Decides every item of a submitted version that is decided item by item. */
export async function decideAll(
  world: World,
  userId: number,
  version: BuiltVersion,
  phase: string,
  status = 'APPROVED',
): Promise<BuiltVersion> {
  if (phaseOf(phase).item.reviewed !== 'BY_DECISIONS') return version;
  const keys = await itemKeys(world, version.versionId);
  return mutate(world, userId, 'decideItems', 'DecideItemsInput', {
    versionId: version.versionId,
    expectedRevision: version.revision,
    decisions: keys.map((itemKey) => ({ itemKey, status })),
  });
}

/** A version of a phase in the status wanted, with what must come before it; carries nothing forward unless told to. */
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
  for (const needed of phaseOf(phase).prerequisites)
    if (!(await currentOf(world, needed, of)))
      await buildVersion(world, {
        ...wanted,
        phase: needed,
        status: 'APPROVED',
        carryForward: 'NONE',
        approver: phaseOf(needed).selfAttested ? preparer : approver,
      });
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
  return transition(world, approver, 'approveVersion', version);
}

export async function currentOf(
  world: World,
  phase: string,
  { cycleId, reportId }: { cycleId: string; reportId: string },
): Promise<BuiltVersion | null> {
  // The auditor sees every workflow.
  const data = await world.get(
    8,
    `query ($c: UUID!, $r: UUID!, $p: Phase!) { workflow(cycleId: $c, reportId: $r) { workflowPhase(phase: $p) { current { ${header} } } } }`,
    { c: cycleId, r: reportId, p: phase },
  );
  return data.workflow.workflowPhase.current;
}
