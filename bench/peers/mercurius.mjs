// M, a peer built for speed: Mercurius on Fastify with compiled queries (graphql-jit), its own loaders, and plain pg statements with their
// own limits.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10, idleTimeoutMillis: 0 });

const schema = `
  scalar JSON
  scalar DateTimeISO
  type User { name: String! }
  type Decision {
    decisionId: ID! attributeId: ID! attributeData: JSON! decisionType: String! reason: String decidedBy: User
  }
  type Version {
    versionId: ID! phase: String! versionNumber: Int! status: String! createdAt: DateTimeISO! submittedAt: DateTimeISO
    reviewedAt: DateTimeISO effectiveFrom: DateTimeISO effectiveTo: DateTimeISO parentVersionId: ID notes: String
    createdBy: User! submittedBy: User reviewedBy: User decisions(first: Int): [Decision!]!
  }
  type Series { seriesId: ID! phase: String! history(first: Int!): [Version!]! }
  type FieldChange { field: String! oldValue: JSON newValue: JSON }
  type Change { attributeId: ID! changes: [FieldChange!]! }
  type DiffEntry { attributeId: ID! attributeData: JSON! decisionType: String! reason: String }
  type Diff { added: [DiffEntry!]! removed: [DiffEntry!]! changed: [Change!]! }
  input DecisionInput { attributeId: ID! attributeData: JSON! decisionType: String! reason: String }
  input CreateDraftInput { seriesId: ID! userId: Int! notes: String decisions: [DecisionInput!]! }
  type Query {
    current(seriesId: ID!): Version
    history(seriesId: ID!, last: Int!): [Version!]!
    diff(seriesId: ID!, a: Int!, b: Int!): Diff!
    asOf(cycleId: ID!, reportId: ID!, at: DateTimeISO!): [Version!]!
    series(ids: [ID!]!): [Series!]!
  }
  type Mutation {
    createDraft(input: CreateDraftInput!): Version!
    submit(versionId: ID!, userId: Int!): Version!
    approve(versionId: ID!, userId: Int!): Version!
  }`;

const version = `v.version_id as "versionId", v.series_id as "seriesId", v.phase, v.version_number as "versionNumber",
  v.status, v.created_at as "createdAt", v.created_by_id as "createdById", v.submitted_at as "submittedAt",
  v.submitted_by_id as "submittedById", v.reviewed_at as "reviewedAt", v.reviewed_by_id as "reviewedById",
  v.parent_version_id as "parentVersionId", v.notes, v.effective_from as "effectiveFrom", v.effective_to as "effectiveTo"`;
const decision = `d.decision_id as "decisionId", d.version_id as "versionId", d.attribute_id as "attributeId",
  d.attribute_data as "attributeData", d.decision_type as "decisionType", d.reason, d.decided_by_id as "decidedById"`;
const statements = {
  current: `select ${version} from phase_version v where v.series_id = $1 and v.status = 'APPROVED'`,
  history: `select ${version} from unnest($1::uuid[]) i(id) cross join lateral (
    select * from phase_version v where v.series_id = i.id order by v.version_number desc limit $2) v`,
  asOf: `select ${version} from versions_as_of($1, $2, $3) v`,
  diff: 'select version_diff($1, $2, $3) as diff',
  series: 'select series_id as "seriesId", phase from series where series_id = any($1::uuid[])',
  users: 'select id, name from app_user where id = any($1::int[])',
  decisions: `select ${decision} from unnest($1::uuid[]) i(id) cross join lateral (
    select * from decision d where d.version_id = i.id order by d.attribute_id limit $2) d`,
  createDraft: `select ${version} from create_draft($1, $2, $3, $4) v`,
  submit: `select ${version} from submit_version($1, $2) v`,
  approve: `select ${version} from approve_version($1, $2) v`,
};
const ask = async (name, ...values) => (await pool.query({ name, text: statements[name], values })).rows;
const askOne = async (name, ...values) => (await ask(name, ...values))[0] ?? null;

/** The people referenced by one column of each row. */
const peopleOf = (column) => async (queries) => {
  const ids = [...new Set(queries.map(({ obj }) => obj[column]).filter((id) => id !== null))];
  const names = new Map((await ask('users', ids)).map((user) => [user.id, user]));
  return queries.map(({ obj }) => names.get(obj[column]) ?? null);
};

/** The child rows of each parent; a field requests the same number for all. */
const listsOf = (name, key, limitOf) => async (queries) => {
  const [{ params }] = queries;
  const ids = queries.map(({ obj }) => obj[key]);
  const lists = new Map(ids.map((id) => [id, []]));
  for (const row of await ask(name, ids, limitOf(params))) lists.get(row[key]).push(row);
  return ids.map((id) => lists.get(id));
};
const first = ({ first: count = null }) => count;

const resolvers = {
  Query: {
    current: (_, { seriesId }) => askOne('current', seriesId),
    history: (_, { seriesId, last }) => ask('history', [seriesId], last),
    asOf: (_, { cycleId, reportId, at }) => ask('asOf', cycleId, reportId, at),
    diff: async (_, { seriesId, a, b }) => (await askOne('diff', seriesId, a, b)).diff,
    series: async (_, { ids }) => {
      const found = new Map((await ask('series', ids)).map((series) => [series.seriesId, series]));
      return ids.map((id) => found.get(id));
    },
  },
  Mutation: {
    createDraft: (_, { input }) =>
      askOne('createDraft', input.seriesId, input.userId, input.notes, JSON.stringify(input.decisions)),
    submit: (_, { versionId, userId }) => askOne('submit', versionId, userId),
    approve: (_, { versionId, userId }) => askOne('approve', versionId, userId),
  },
};

const loaders = {
  Decision: { decidedBy: peopleOf('decidedById') },
  Version: {
    createdBy: peopleOf('createdById'),
    submittedBy: peopleOf('submittedById'),
    reviewedBy: peopleOf('reviewedById'),
    decisions: listsOf('decisions', 'versionId', first),
  },
  Series: { history: listsOf('history', 'seriesId', first) },
};

const app = Fastify({ bodyLimit: 10_000_000, keepAliveTimeout: 60_000 });
app.register(mercurius, { schema, resolvers, loaders, jit: 1, path: '/graphql' });
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
