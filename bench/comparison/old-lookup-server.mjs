// The old system's way to the samples in force, with its statements: the phase, the version with the highest number of those that
// are approved, its samples with all their columns, and the names of those who decided. It answered through an ORM in Python; this is
// bare node:http, so whatever that cost beside its statements is given to it.
import http from 'node:http';
import { createRequire } from 'node:module';

const pg = createRequire(import.meta.url)('pg');
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10, idleTimeoutMillis: 0 });

const ask = async (name, text, ...values) => (await pool.query({ name, text, values })).rows;

async function current({ cycleId, reportId }) {
  const [{ phase_id: phaseId }] = await ask(
    'phase',
    `select * from workflow_phases where cycle_id = $1 and report_id = $2 and phase_name = 'Sample Selection'`,
    cycleId,
    reportId,
  );
  const [version] = await ask(
    'version',
    `select * from cycle_report_sample_selection_versions
     where phase_id = $1 and version_status = 'approved' and version_number = (
       select max(version_number) from cycle_report_sample_selection_versions
       where phase_id = $1 and version_status = 'approved')`,
    phaseId,
  );
  const samples = await ask(
    'samples',
    'select * from cycle_report_sample_selection_samples where version_id = $1 order by sample_id',
    version.version_id,
  );
  const deciders = [...new Set(samples.map(({ report_owner_decision_by_id: id }) => id))];
  const people = await ask('names', 'select * from users where user_id = any($1::int[])', deciders);
  const names = new Map(people.map((user) => [user.user_id, `${user.first_name} ${user.last_name}`]));
  return {
    versionId: version.version_id,
    versionNumber: version.version_number,
    status: version.version_status.toUpperCase(),
    decisions: samples.map((sample) => ({
      decisionId: sample.sample_id,
      attributeId: sample.sample_identifier,
      attributeData: sample.sample_data,
      decisionType: sample.sample_category,
      reason: sample.report_owner_decision_notes,
      decidedBy: { name: names.get(sample.report_owner_decision_by_id) },
    })),
  };
}

http
  .createServer((request, response) => {
    const chunks = [];
    const send = (status, body) => {
      const text = JSON.stringify(body);
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
      response.end(text);
    };
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () =>
      current(JSON.parse(Buffer.concat(chunks)).variables).then(
        (found) => send(200, { data: { current: found } }),
        ({ message }) => send(500, { errors: [{ message }] }),
      ),
    );
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
