// Every field of the API as a separate operation, by the shortest path to it, and every mutation in the life of a version.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { inRoot } from '../../scripts/run.mjs';

const { buildSchema, getNamedType, isInterfaceType, isLeafType, isObjectType, isRequiredArgument } = createRequire(
  import.meta.url,
)('graphql');

const schema = buildSchema(readFileSync(inRoot('schema.graphql'), 'utf8'));
/** The names of everything that can be written. */
export const mutations = Object.keys(schema.getMutationType().getFields());
const PAGE = 20;
/** Returns nothing to most people; its fields can be reached by other paths. */
const DEAD_END = 'PhaseVersion.changesSinceMyReview';

/** The selection for an object whose cost is that of finding it. */
const identity = (type) => ('id' in type.getFields() ? 'id' : '__typename');

/** The arguments of a field. Undefined if it requires something unknown here. */
function argumentsOf({ args }, known) {
  const given = args.flatMap((argument) => {
    const { name } = argument;
    if (name === 'first') return [`first: ${PAGE}`];
    return isRequiredArgument(argument) ? [name in known ? `${name}: ${known[name]}` : undefined] : [];
  });
  if (given.includes(undefined)) return undefined;
  return given.length > 0 ? `(${given.join(', ')})` : '';
}

/**
 * All reads. `known` has argument values by name, and `versions` the id of a version of each type.
 * @returns each with the name of its field, its document, in which the field has the alias "asked", and the document of its path
 */
export function reads(known, versions) {
  const found = [];
  const unasked = [];
  const seen = new Set();
  const toVisit = [];
  const document = (way, selection) => `{ ${way(selection)} }`;

  const ask = (type, way, field) => {
    const name = `${type.name}.${field.name}`;
    const taken = argumentsOf(field, known);
    if (taken === undefined) return void unasked.push(name);
    const add = (label, selection) =>
      found.push({ name: label, document: document(way, selection), way: document(way, '__typename') });
    const of = getNamedType(field.type);
    const call = `${field.name}${taken}`;
    if (isLeafType(of)) return void add(name, `asked: ${call}`);
    const page = of.name.endsWith('Connection') ? getNamedType(of.getFields().nodes.type) : undefined;
    const below = (selection) => (page ? `${call} { nodes { ${selection} } }` : `${call} { ${selection} }`);
    if (page) add(`${name}.totalCount`, `asked: ${call} { totalCount }`);
    add(name, `asked: ${below(identity(page ?? of))}`);
    if (name !== DEAD_END) toVisit.push([page ?? of, (selection) => way(below(selection))]);
  };

  const visit = (type, way) => {
    if (seen.has(type.name) || type.name === 'Node') return;
    seen.add(type.name);
    if (isObjectType(type) || isInterfaceType(type))
      for (const field of Object.values(type.getFields())) ask(type, way, field);
  };

  // Types with a common interface have paths of their own; shared fields are read from one of them.
  const own = (type, shared, way) => {
    seen.add(type.name);
    for (const field of Object.values(type.getFields()))
      if (!(field.name in shared.getFields()))
        ask(type, (selection) => way(`... on ${type.name} { ${selection} }`), field);
  };

  for (const type of schema.getPossibleTypes(schema.getType('PhaseVersion'))) seen.add(type.name);
  for (const type of schema.getPossibleTypes(schema.getType('VersionItem'))) seen.add(type.name);
  toVisit.push([schema.getQueryType(), (selection) => selection]);
  for (const [typeName, { versionId, itemType }] of Object.entries(versions)) {
    const version = (selection) => `phaseVersion(versionId: "${versionId}") { ${selection} }`;
    own(schema.getType(typeName), schema.getType('PhaseVersion'), version);
    if (itemType)
      own(schema.getType(itemType), schema.getType('VersionItem'), (selection) =>
        version(`items(first: ${PAGE}) { nodes { ${selection} } }`),
      );
  }
  // Breadth first, so that each type is found by its shortest path.
  for (let next = toVisit.shift(); next; next = toVisit.shift()) visit(...next);
  return { found, unasked };
}

const ITEMS = 20;
const samples = (form) => ({
  samples: Array.from({ length: ITEMS }, (_, n) => ({
    sampleIdentifier: `Sample ${n}`,
    sampleData: { account: `A-${n}`, balance: n * 1.25 + form },
    sampleType: 'POPULATION',
  })),
});

/**
 * One life cycle of everything that can be written, with the people of the demo.
 * @param write runs a mutation as somebody, and returns the version in its answer
 * @param read sends a query as somebody
 */
export async function play(write, read, { cycleId, reportId, lobId, uuid }) {
  const place = { cycleId, reportId };
  const [tester, testLead, owner, dataOwner, executive] = [1, 2, 3, 4, 5];
  const on = ({ versionId, revision }, more = {}) => ({ versionId, expectedRevision: revision, ...more });
  const create = (more) => write(tester, 'createVersion', 'CreateVersionInput', { ...place, ...more });
  const step = (user, mutation, version, more) => write(user, mutation, 'VersionTransitionInput', on(version, more));
  const sampling = { phase: 'SAMPLE_SELECTION', carryForward: 'NONE' };
  const keysOf = async ({ versionId }) => {
    const query = `query ($id: UUID!) { phaseVersion(versionId: $id) { items(first: 1000) { nodes { itemKey } } } }`;
    return (await read(tester, query, { id: versionId })).phaseVersion.items.nodes.map(({ itemKey }) => itemKey);
  };

  // A version, from its draft to its approval.
  let version = await create({ ...sampling, items: samples(0) });
  const keys = await keysOf(version);
  const forms = samples(1).samples.map((sample, n) => ({ ...sample, itemKey: keys[n] }));
  version = await write(tester, 'putItems', 'PutItemsInput', on(version, { items: { samples: forms } }));
  const content = { sampleSelection: { targetSampleSize: ITEMS } };
  version = await write(tester, 'updateVersion', 'UpdateVersionInput', on(version, { content }));
  version = await write(tester, 'removeItems', 'RemoveItemsInput', on(version, { itemKeys: keys.slice(0, 1) }));
  version = await step(tester, 'submitVersion', version);
  version = await step(tester, 'withdrawVersion', version);
  const stale = await create({ ...sampling, carryForward: 'ALL_ITEMS' });
  version = await step(tester, 'submitVersion', version);
  const decisions = keys.slice(1).map((itemKey) => ({ itemKey, status: 'APPROVED' }));
  version = await write(owner, 'decideItems', 'DecideItemsInput', on(version, { decisions }));
  version = await step(owner, 'approveVersion', version);

  // Other versions, which end differently.
  let other = await write(tester, 'rebaseVersion', 'RebaseVersionInput', on(stale));
  other = await step(tester, 'deleteVersion', other, { reason: 'Not needed.' });
  other = await step(tester, 'undeleteVersion', other);
  other = await step(tester, 'submitVersion', other);
  other = await step(owner, 'rejectVersion', other, { reason: 'Not yet.' });
  other = await step(tester, 'reviseVersion', other);
  await step(tester, 'deleteVersion', other, { reason: 'Not needed.' });
  other = await step(tester, 'restoreVersion', version);
  await step(tester, 'deleteVersion', other, { reason: 'Not needed.' });

  // A report and its signatures.
  const items = {
    sections: [{ sectionType: 'SUMMARY', sectionTitle: 'Summary', sectionContent: 'All of it.', sectionOrder: 1 }],
  };
  let report = await create({ phase: 'FINALIZE_TEST_REPORT', carryForward: 'NONE', content: { finalizeTestReport: { reportTitle: 'Report' } }, items }); // prettier-ignore
  report = await step(tester, 'submitVersion', report);
  const signing = { role: 'test_lead', status: 'SIGNED', meaning: 'review' };
  report = await write(testLead, 'signOff', 'SignOffInput', on(report, signing));
  report = await step(tester, 'withdrawVersion', report);
  await step(tester, 'deleteVersion', report, { reason: 'Not needed.' });

  // Records.
  const assigning = { ...place, assignmentType: 'BACKUP', dataOwnerId: dataOwner, lobId };
  let assignment = await write(executive, 'assignDataOwner', 'AssignDataOwnerInput', assigning);
  const said = { reason: 'Because.' };
  assignment = await write(executive, 'transferDataOwner', 'TransferDataOwnerInput', on(assignment, { ...said, toUserId: executive })); // prettier-ignore
  await write(executive, 'deactivateDataOwner', 'DeactivateDataOwnerInput', on(assignment, said));
  let paper = await write(dataOwner, 'submitDocument', 'SubmitDocumentInput', { ...place, documentId: uuid(), submissionType: 'EXTRACT' }); // prettier-ignore
  const revision = { ...said, revisionType: 'CORRECTION', documentMetadata: { pages: 3 } };
  paper = await write(dataOwner, 'reviseDocument', 'ReviseDocumentInput', on(paper, revision));
  await write(tester, 'reviewDocument', 'ReviewDocumentInput', on(paper, { status: 'ACCEPTED' }));
  const action = await write(tester, 'requestTestAction', 'RequestTestActionInput', { ...place, ...said, actionType: 'RETEST' }); // prettier-ignore
  await write(testLead, 'respondToTestAction', 'RespondToTestActionInput', on(action, { responseStatus: 'COMPLETED' }));
}
