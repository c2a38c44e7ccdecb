// The six workloads: the requests in each contender's dialect, and the common form of their answers.
import { randomFrom } from '../support/load.mjs';
import { postOf } from '../support/http.mjs';
import { ITEMS, TESTER_OF_ALL, workflowAt } from './data.mjs';

export const titles = {
  W1: 'the version in force with its 60 items and who decided on them',
  W2: 'the last ten versions and three people of each',
  W3: 'a diff of versions 3 and 8',
  W4: 'what was in force at an instant, in six phases',
  W5: '20 workflows, five versions of each, five items of each',
  W6: 'a draft with 60 items is created, submitted and approved (three requests, counted as one)',
};
export const workloads = Object.keys(titles);

const decision = 'decisionId attributeId attributeData decisionType reason decidedBy { name }';
const version = 'versionId versionNumber status';
const header = `${version} createdAt submittedAt reviewedAt`;
const inForce = 'effectiveFrom effectiveTo reviewedAt';

/** The requests of the contenders with a common schema. */
const neutral = {
  W1: `query W1($seriesId: ID!) { current(seriesId: $seriesId) { ${version} decisions { ${decision} } } }`,
  W2: `query W2($seriesId: ID!, $last: Int!) { history(seriesId: $seriesId, last: $last) {
         ${header} parentVersionId notes createdBy { name } submittedBy { name } reviewedBy { name } } }`,
  W3: `query W3($seriesId: ID!, $a: Int!, $b: Int!) { diff(seriesId: $seriesId, a: $a, b: $b) {
         added { attributeId attributeData decisionType reason } removed { attributeId attributeData decisionType reason }
         changed { attributeId changes { field oldValue newValue } } } }`,
  W4: `query W4($cycleId: ID!, $reportId: ID!, $at: DateTimeISO!) {
         asOf(cycleId: $cycleId, reportId: $reportId, at: $at) { phase ${version} ${inForce} } }`,
  W5: `query W5($ids: [ID!]!) { series(ids: $ids) { seriesId phase history(first: 5) {
         ${version} decisions(first: 5) { ${decision} } } } }`,
  W6a: `mutation W6a($input: CreateDraftInput!) { createDraft(input: $input) { ${version} } }`,
  W6b: `mutation W6b($versionId: ID!, $userId: Int!) { submit(versionId: $versionId, userId: $userId) { ${version} } }`,
  W6c: `mutation W6c($versionId: ID!, $userId: Int!) { approve(versionId: $versionId, userId: $userId) { ${version} } }`,
};

const theirDecision = 'decisionId attributeId attributeData decisionType reason appUserByDecidedById { name }';
const postgraphile = {
  W1: `query W1($seriesId: UUID!) { seriesBySeriesId(seriesId: $seriesId) {
         phaseVersionsBySeriesId(condition: { status: "APPROVED" }, first: 1) { nodes {
           ${version} decisionsByVersionId(orderBy: ATTRIBUTE_ID_ASC) { nodes { ${theirDecision} } } } } } }`,
  W2: `query W2($seriesId: UUID!, $last: Int!) {
         allPhaseVersions(condition: { seriesId: $seriesId }, orderBy: VERSION_NUMBER_DESC, first: $last) { nodes {
           ${header} parentVersionId notes appUserByCreatedById { name } appUserBySubmittedById { name }
           appUserByReviewedById { name } } } }`,
  W3: `query W3($seriesId: UUID!, $a: Int!, $b: Int!) { versionDiff(pSeries: $seriesId, pA: $a, pB: $b) }`,
  W4: `query W4($cycleId: UUID!, $reportId: UUID!, $at: Datetime!) {
         versionsAsOf(pCycle: $cycleId, pReport: $reportId, pAt: $at) { nodes { phase ${version} ${inForce} } } }`,
  W5: `query W5($ids: [UUID!]!) { allSeriesByIds(ids: $ids) { seriesId phase
         phaseVersionsBySeriesId(orderBy: VERSION_NUMBER_DESC, first: 5) { nodes { ${version}
           decisionsByVersionId(orderBy: ATTRIBUTE_ID_ASC, first: 5) { nodes { ${theirDecision} } } } } } }`,
  W6a: `mutation W6a($input: CreateDraftInput!) { createDraft(input: $input) { phaseVersion { ${version} } } }`,
  W6b: `mutation W6b($versionId: UUID!, $userId: Int!) {
          submitVersion(input: { pVersion: $versionId, pUser: $userId }) { phaseVersion { ${version} } } }`,
  W6c: `mutation W6c($versionId: UUID!, $userId: Int!) {
          approveVersion(input: { pVersion: $versionId, pUser: $userId }) { phaseVersion { ${version} } } }`,
};

const ourDecision = `... on SampleDecision { decisionId: itemId attributeId: itemKey attributeData: sampleData
  decisionType: sampleType reason: modificationReason decidedBy { name } }`;
const place = '$cycleId: UUID!, $reportId: UUID!';
const workflow = 'workflow(cycleId: $cycleId, reportId: $reportId';
const product = {
  W1: `query W1(${place}) { ${workflow}) { workflowPhase(phase: SAMPLE_SELECTION) { current {
         ${version} items(first: ${ITEMS + 1}) { nodes { ${ourDecision} } } } } } }`,
  W2: `query W2(${place}, $last: Int!) { ${workflow}) { workflowPhase(phase: SAMPLE_SELECTION) { history(first: $last) {
         nodes { ${header} parent { versionId } notes: approvalNotes createdBy { name } submittedBy { name }
           reviewedBy { name } } } } } }`,
  W3: `query W3($versionId: UUID!, $a: Int!, $b: Int!) { phaseVersion(versionId: $versionId) { diff(from: $a, to: $b) {
         items(first: 100) { nodes { kind attributeId: itemKey fields { path before after } } } } } }`,
  W4: `query W4(${place}, $at: DateTime!) { ${workflow}, asOf: $at) { phases { current { phase ${version} ${inForce} } } } }`,
  W5: `query W5($ids: [ID!]!) { nodes(ids: $ids) { ... on Workflow { workflowPhase(phase: SAMPLE_SELECTION) {
         phase history(first: 5) { nodes { ${version}
           items(first: 5) { nodes { ${ourDecision} } } } } } } } }`,
  W6a: `mutation W6a($input: CreateVersionInput!) { createVersion(input: $input) { version { ${version} revision } } }`,
  W6b: `mutation W6b($input: VersionTransitionInput!) { submitVersion(input: $input) { version { ${version} revision } } }`,
  W6c: `mutation W6c($input: VersionTransitionInput!) { approveVersion(input: $input) { version { ${version} revision } } }`,
};

/** As the product has the ids of workflows. */
const globalIdOf = ({ workflowId }) => Buffer.from(`Workflow:${workflowId}`).toString('base64url');

const START = Date.parse('2024-02-15T00:00:00Z');
const END = Date.parse('2024-12-31T00:00:00Z');

/** The given number of requests of a workload, the same each time. */
export function questionsOf(workload, workflows, count) {
  const random = randomFrom(workloads.indexOf(workload) + 7);
  const anyOf = (n) => Math.floor(random() * n);
  return Array.from({ length: count }, () => {
    const asked = workflowAt(anyOf(workflows));
    if (workload === 'W4') return { asked, at: new Date(START + anyOf(END - START)).toISOString() };
    if (workload !== 'W5') return { asked };
    const all = new Set([asked.number]);
    while (all.size < Math.min(20, workflows)) all.add(anyOf(workflows));
    return { asked, all: [...all].map(workflowAt) };
  });
}

const SAMPLES = 'SAMPLE_SELECTION';

function neutralVariables(workload, { asked, all, at }) {
  const { cycleId, reportId } = asked;
  if (workload === 'W4') return { cycleId, reportId, at };
  if (workload === 'W5') return { ids: all.map(({ seriesId }) => seriesId(SAMPLES)) };
  const seriesId = asked.seriesId(SAMPLES);
  return { W1: { seriesId }, W2: { seriesId, last: 10 }, W3: { seriesId, a: 3, b: 8 } }[workload];
}

function productVariables(workload, { asked, all, at }) {
  const { cycleId, reportId } = asked;
  if (workload === 'W3') return { versionId: asked.versionId(SAMPLES, 9), a: 3, b: 8 };
  if (workload === 'W5') return { ids: all.map(globalIdOf) };
  return { W1: { cycleId, reportId }, W2: { cycleId, reportId, last: 10 }, W4: { cycleId, reportId, at } }[workload];
}

// ── what answers have in common ─────────────────────────────────────────────────────────────────────────────────────

const theirs = {
  appUserByDecidedById: 'decidedBy',
  appUserByCreatedById: 'createdBy',
  appUserBySubmittedById: 'submittedBy',
  appUserByReviewedById: 'reviewedBy',
  decisionsByVersionId: 'decisions',
  phaseVersionsBySeriesId: 'history',
};

/** Their relations by our names, and their pages as lists. */
function renamed(value) {
  if (Array.isArray(value)) return value.map(renamed);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value.nodes)) return renamed(value.nodes);
  return Object.fromEntries(
    Object.entries(value).map(([name, of]) => [theirs[name] ?? name, name === 'attributeData' ? of : renamed(of)]),
  );
}

const fromPostgraphile = {
  W1: ({ seriesBySeriesId }) => ({ current: renamed(seriesBySeriesId).history[0] }),
  W2: ({ allPhaseVersions }) => ({ history: renamed(allPhaseVersions) }),
  W3: ({ versionDiff }) => ({ diff: versionDiff }),
  W4: ({ versionsAsOf }) => ({ asOf: renamed(versionsAsOf) }),
  W5: ({ allSeriesByIds }, { all }) => {
    const found = new Map(renamed(allSeriesByIds).map((series) => [series.seriesId, series]));
    return { series: all.map(({ seriesId }) => found.get(seriesId(SAMPLES))) };
  },
};

const withDecisions = ({ items, ...rest }) => ({ ...rest, decisions: items.nodes });
const ourColumns = { sampleData: 'attributeData', sampleType: 'decisionType', modificationReason: 'reason' };

/** A diff as field paths, of what both sides compare: only the fields of the content. */
const fromProduct = {
  W1: ({ workflow: found }) => ({ current: withDecisions(found.workflowPhase.current) }),
  W2: ({ workflow: found }) => ({
    history: found.workflowPhase.history.nodes.map(({ parent, ...rest }) => ({
      ...rest,
      parentVersionId: parent?.versionId ?? null,
    })),
  }),
  W3: ({ phaseVersion }) => ({
    diff: phaseVersion.diff.items.nodes
      .map(({ kind, attributeId, fields }) => ({
        kind,
        attributeId,
        fields: fields
          .map(({ path, before, after }) => ({ path, before, after }))
          .filter(({ path, before, after }) => path.split('/')[1] in ourColumns && !isSame(before, after)),
      }))
      .map((change) => ({ ...change, fields: change.fields.sort(byPath) }))
      .sort(byAttribute),
  }),
  W4: ({ workflow: found }) => ({
    asOf: found.phases.flatMap(({ current }) => (current ? [current] : [])).sort(byPhase),
  }),
  W5: ({ nodes }, { all }) => ({
    series: nodes.map(({ workflowPhase: { phase, history } }, n) => ({
      seriesId: all[n].seriesId(SAMPLES),
      phase,
      history: history.nodes.map(withDecisions),
    })),
  }),
};

const by = (name) => (one, other) => (one[name] < other[name] ? -1 : 1);
const byPath = by('path');
const byAttribute = by('attributeId');
const byPhase = by('phase');

/** Converts a neutral answer to the product's terms, which include the status at that time, and changes by path. */
const asProductSays = {
  W3: ({ diff: { added, removed, changed } }) => ({
    diff: [
      ...added.map((item) => entryOf('ADDED', item.attributeId, {}, item)),
      ...removed.map((item) => entryOf('REMOVED', item.attributeId, item, {})),
      ...changed.map(({ attributeId, changes }) => {
        const sides = ['oldValue', 'newValue'].map((side) =>
          Object.fromEntries(changes.map(({ field, [side]: value }) => [field, value])),
        );
        return entryOf('CHANGED', attributeId, ...sides);
      }),
    ].sort(byAttribute),
  }),
  W4: ({ asOf }) => ({
    asOf: asOf.map((found) => ({ ...found, status: 'APPROVED', effectiveTo: null })).sort(byPhase),
  }),
};

function entryOf(kind, attributeId, before, after) {
  const fields = Object.entries(ourColumns).flatMap(([ours, name]) =>
    pathsOf(`/${ours}`, before[name] ?? null, after[name] ?? null),
  );
  return { kind, attributeId, fields: fields.sort(byPath) };
}

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
const isSame = (one, other) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

function pathsOf(path, before, after) {
  if (isSame(before, after)) return [];
  if (!isObject(before) || !isObject(after)) return [{ path, before, after }];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => pathsOf(`${path}/${name}`, before[name] ?? null, after[name] ?? null));
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (isObject(value)) return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])])); // prettier-ignore
  const isInstant = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value);
  return isInstant ? new Date(value).toISOString() : value;
}

// ── the dialects ────────────────────────────────────────────────────────────────────────────────────────────────────

const written = /"versionId" ?: ?"([0-9a-f-]{36})"/;

/** Sends a request and checks that the answer is correct. */
async function demand(connection, request) {
  const answer = await connection.send(request);
  if (!answer.isGood) throw new Error(`${answer.status}: ${answer.text().slice(0, 500)}`);
  return answer;
}

/** The three requests of a write, each of which depends on the previous answer. */
async function writeWith(connection, create, steps) {
  let answer = await demand(connection, create);
  let { bytes } = answer;
  for (const step of steps) {
    answer = await demand(connection, step(answer.text()));
    bytes += answer.bytes;
  }
  return bytes;
}

const theSame = { variables: neutralVariables, read: (_, data) => data, expected: (_, data) => data };

/** How to talk to each kind of contender. */
export const dialects = {
  neutral: {
    ...theSame,
    documents: neutral,
    write: ({ seriesId }, userId, decisions) => ({
      create: { input: { seriesId: seriesId('PLANNING'), userId, notes: 'A draft.', decisions } },
      next: (text) => ({ versionId: written.exec(text)[1], userId }),
    }),
  },
  postgraphile: {
    ...theSame,
    documents: postgraphile,
    read: (workload, data, question) => fromPostgraphile[workload](data, question),
    write: ({ seriesId }, userId, decisions) => ({
      create: {
        input: { pSeries: seriesId('PLANNING'), pUser: userId, pNotes: 'A draft.', pDecisions: decisions },
      },
      next: (text) => ({ versionId: written.exec(text)[1], userId }),
    }),
  },
  product: {
    documents: product,
    variables: productVariables,
    read: (workload, data, question) => fromProduct[workload](data, question),
    expected: (workload, data) => asProductSays[workload]?.(data) ?? data,
    write: ({ cycleId, reportId }, _, decisions) => ({
      create: {
        input: {
          cycleId,
          reportId,
          phase: 'PLANNING',
          carryForward: 'NONE',
          items: { attributeDecisions: decisions.map(({ reason, ...rest }) => ({ ...rest, decisionReason: reason })) },
        },
      },
      next: (text) => ({
        input: { versionId: written.exec(text)[1], expectedRevision: Number(/"revision" ?: ?(\d+)/.exec(text)[1]) },
      }),
    }),
  },
};

/** The caller: the tester of the workflow, or of all of them. */
const askerOf = (workload, { asked }) => (workload === 'W5' ? TESTER_OF_ALL : asked.testerId);

/** The requests of a workload to one contender. */
export async function requestsOf(contender, workload, questions) {
  const { documents, variables } = contender.dialect;
  return Promise.all(
    questions.map(async (question) =>
      postOf(
        '/graphql',
        { operationName: workload, query: documents[workload], variables: variables(workload, question) },
        await contender.headersOf(askerOf(workload, question)),
      ),
    ),
  );
}

/** A contender's answer in the common form. */
export const commonForm = (contender, workload, question, data) =>
  JSON.stringify(sorted(contender.dialect.read(workload, data, question)));

/** The neutral answer in this contender's form. */
export const expectedForm = (contender, workload, data) =>
  JSON.stringify(sorted(contender.dialect.expected(workload, data)));

/** The unit of work of a read workload: any of its requests. */
export function readingStep(requests) {
  return async (connection, random) =>
    (await demand(connection, requests[Math.floor(random() * requests.length)])).bytes;
}

/** The unit of work of W6. Connections use separate workflows, so they never conflict. */
export async function writingStep(contender, workflows, connections, decisions) {
  const { documents, write } = contender.dialect;
  const cycles = await Promise.all(
    Array.from({ length: workflows }, async (_, number) => {
      const workflow = workflowAt(number);
      const headers = await contender.headersOf(workflow.testerId);
      const { create, next } = write(workflow, workflow.testerId, decisions);
      const post = (operationName, variables) =>
        postOf('/graphql', { operationName, query: documents[operationName], variables }, headers);
      const steps = ['W6b', 'W6c'].map((name) => (text) => post(name, next(text)));
      return { create: post('W6a', create), steps };
    }),
  );
  return (connection, random, place) => {
    const own = Math.floor((workflows - place - 1) / connections) + 1;
    const { create, steps } = cycles[place + connections * Math.floor(random() * own)];
    return writeWith(connection, create, steps);
  };
}
