// L, the limit: bare node:http and one prepared statement per request, whose JSON PostgreSQL builds. It checks nothing, speaks no GraphQL,
// and takes requests by name.
import http from 'node:http';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10, idleTimeoutMillis: 0 });

const person = (alias) => `case when ${alias}.id is not null then json_build_object('name', ${alias}.name) end`;
const decision = `json_build_object('decisionId', d.decision_id, 'attributeId', d.attribute_id,
  'attributeData', d.attribute_data, 'decisionType', d.decision_type, 'reason', d.reason, 'decidedBy', ${person('u')})`;
const version = `json_build_object('versionId', v.version_id, 'versionNumber', v.version_number, 'status', v.status)`;
const written = (call) => `select ${version} as answer from ${call} v`;

const questions = {
  W1: {
    text: `
      select json_build_object('versionId', v.version_id, 'versionNumber', v.version_number, 'status', v.status,
        'decisions', (
          select json_agg(${decision} order by d.attribute_id)
          from decision d left join app_user u on u.id = d.decided_by_id where d.version_id = v.version_id)) as answer
      from phase_version v where v.series_id = $1 and v.status = 'APPROVED'`,
    values: ({ seriesId }) => [seriesId],
    field: 'current',
  },
  W2: {
    text: `
      select json_agg(x.version) as answer from (
        select json_build_object('versionId', v.version_id, 'versionNumber', v.version_number, 'status', v.status,
          'createdAt', v.created_at, 'submittedAt', v.submitted_at, 'reviewedAt', v.reviewed_at,
          'parentVersionId', v.parent_version_id, 'notes', v.notes,
          'createdBy', ${person('a')}, 'submittedBy', ${person('b')}, 'reviewedBy', ${person('c')}) as version
        from phase_version v join app_user a on a.id = v.created_by_id
          left join app_user b on b.id = v.submitted_by_id left join app_user c on c.id = v.reviewed_by_id
        where v.series_id = $1 order by v.version_number desc limit $2) x`,
    values: ({ seriesId, last }) => [seriesId, last],
    field: 'history',
  },
  W3: {
    text: 'select version_diff($1, $2, $3) as answer',
    values: ({ seriesId, a, b }) => [seriesId, a, b],
    field: 'diff',
  },
  W4: {
    text: `
      select coalesce(json_agg(json_build_object('phase', v.phase, 'versionId', v.version_id,
        'versionNumber', v.version_number, 'status', v.status, 'effectiveFrom', v.effective_from,
        'effectiveTo', v.effective_to, 'reviewedAt', v.reviewed_at) order by s.phase), '[]') as answer
      from series s cross join lateral (
        select * from phase_version v
        where v.series_id = s.series_id and v.effective_from <= $3 and (v.effective_to is null or v.effective_to > $3)
        order by v.effective_from desc limit 1) v
      where s.cycle_id = $1 and s.report_id = $2`,
    values: ({ cycleId, reportId, at }) => [cycleId, reportId, at],
    field: 'asOf',
  },
  W5: {
    text: `
      select json_agg(json_build_object('seriesId', s.series_id, 'phase', s.phase, 'history', h.versions)
        order by i.place) as answer
      from unnest($1::uuid[]) with ordinality i(id, place) join series s on s.series_id = i.id cross join lateral (
        select json_agg(json_build_object('versionId', v.version_id, 'versionNumber', v.version_number,
          'status', v.status, 'decisions', x.decisions)) as versions
        from (
          select * from phase_version v where v.series_id = s.series_id order by version_number desc limit 5) v
        cross join lateral (
          select json_agg(${decision} order by d.attribute_id) as decisions from (
            select * from decision d where d.version_id = v.version_id order by attribute_id limit 5) d
          left join app_user u on u.id = d.decided_by_id) x) h`,
    values: ({ ids }) => [ids],
    field: 'series',
  },
  W6a: {
    text: written('create_draft($1, $2, $3, $4)'),
    values: ({ input }) => [input.seriesId, input.userId, input.notes, JSON.stringify(input.decisions)],
    field: 'createDraft',
  },
  W6b: {
    text: written('submit_version($1, $2)'),
    values: ({ versionId, userId }) => [versionId, userId],
    field: 'submit',
  },
  W6c: {
    text: written('approve_version($1, $2)'),
    values: ({ versionId, userId }) => [versionId, userId],
    field: 'approve',
  },
};

/** The answer as text, which is not parsed here. */
async function answer(body) {
  const { operationName, variables } = JSON.parse(body);
  const { text, values, field } = questions[operationName];
  const { rows } = await pool.query({
    name: operationName,
    text: `select json_build_object('data', json_build_object('${field}', q.answer))::text as text from (${text}) q`,
    values: values(variables),
  });
  return rows[0].text;
}

const server = http.createServer((request, response) => {
  const chunks = [];
  const send = (status, text) => {
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  };
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () =>
    answer(Buffer.concat(chunks)).then(
      (text) => send(200, text),
      ({ message }) => send(500, JSON.stringify({ errors: [{ message }] })),
    ),
  );
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.PORT), '127.0.0.1');
