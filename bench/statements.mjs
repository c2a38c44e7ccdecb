// Lists every read and every write of the API with its statements and its cost for the server and PostgreSQL, the most expensive first, to
// find where to optimise. It uses the demo; with --data FOLDER, reads use the content that `peers --data FOLDER` left there.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { contenders, start } from './comparison/contenders.mjs';
import { AUDITOR, workflowAt } from './comparison/data.mjs';
import { mutations, play, reads } from './comparison/operations.mjs';
import { dialects, questionsOf, titles } from './comparison/workloads.mjs';
import { creditCards, table, withDatabase } from './fixture.mjs';
import { Connection, postOf } from './support/http.mjs';
import { clusterWorkedMs, demandProc, postmasterOf, workedMs } from './support/processes.mjs';

const { values: asked } = parseArgs({
  args: process.argv.slice(3),
  options: {
    data: { type: 'string' },
    seconds: { type: 'string', default: '0.2' },
    rounds: { type: 'string', default: '20' },
    port: { type: 'string', default: '4570' },
    only: { type: 'string', default: '' },
    top: { type: 'string', default: '60' },
  },
});
const seconds = Number(asked.seconds);
const only = new RegExp(asked.only, 'i');
demandProc();
const LOB = '0194d2a0-5c00-7000-8000-0000000000a1';
/** The callers to try: the first who sees something, or the last who is not rejected. */
const demoPeople = [1, 3, 7, 8];
const contentPeople = [workflowAt(0).testerId, workflowAt(0).ownerId, AUDITOR];

async function statementsOn({ dist, database, folder }) {
  const { withClient } = dist('../packages/pg-client/index.js');
  const admin = new URL(database.superuserUrl);
  admin.pathname = 'postgres';
  const isDemo = !existsSync(path.join(folder, 'content.json'));
  if (isDemo) {
    const { Database } = dist('database/connection/database.js');
    const db = new Database({ url: database.serviceUrl, poolSize: 10, statementTimeoutMs: 0 });
    await dist('demo/load.js').loadDemo(db, database.ownerUrl);
    await db.close();
  }
  const people = isDemo ? demoPeople : contentPeople;
  const product = contenders().find(({ letter }) => letter === 'P');
  const server = await start(product, { serviceUrl: database.serviceUrl, folder }, Number(asked.port));
  const connection = await Connection.open(server.port);
  const postmaster = postmasterOf(database.cluster);
  try {
    await withClient(admin.href, async (client) => {
      await client.query('create extension if not exists pg_stat_statements');
      const calls = `select coalesce(sum(calls), 0)::int as calls from pg_stat_statements
        where userid = 'phaseledger_service'::regrole and toplevel`;
      const look = async () => {
        const { rows } = await client.query(calls);
        return { statements: rows[0].calls, server: workedMs(server.pid), database: clusterWorkedMs(postmaster) };
      };
      const spent = (before, after, times) => ({
        statements: (after.statements - before.statements) / times,
        server: (after.server - before.server) / times,
        database: [...after.database].reduce((sum, [pid, ms]) => sum + ms - (before.database.get(pid) ?? 0), 0) / times,
      });
      const send = async (request) => {
        const answer = await connection.send(request);
        return JSON.parse(answer.text());
      };
      const request = async (userId, query, variables) =>
        postOf('/graphql', { query, variables }, await product.headersOf(userId));
      const read = async (userId, query, variables) => {
        const { data, errors } = await send(await request(userId, query, variables));
        if (errors) throw new Error(`${JSON.stringify(errors[0])} in ${query.slice(0, 200)}`);
        return data;
      };

      /** Repeats an operation for a while, and returns its cost; or why nobody gets an answer. */
      const costOf = async (query, variables, who = people) => {
        let problem;
        for (const userId of who) {
          const sent = await request(userId, query, variables);
          const { data, errors } = await send(sent);
          if (errors) {
            problem ??= errors[0].message;
            continue;
          }
          const answer = JSON.stringify(data);
          // Somebody else may see something.
          if (userId !== who.at(-1) && !/"asked":(?!null|\[\]|\{"nodes":\[\]\})/.test(answer)) continue;
          const isEmpty = !answer.includes('"asked"');
          for (let warm = 0; warm < 3; warm++) await connection.send(sent);
          const before = await look();
          const until = performance.now() + 1000 * seconds;
          let times = 0;
          do {
            await connection.send(sent);
            times++;
          } while (times < 5 || performance.now() < until);
          return { ...spent(before, await look(), times), isEmpty };
        }
        return { problem };
      };

      const place = isDemo ? creditCards : workflowAt(0);
      const { known, versions } = await whatIsThere(read, place, people);
      const { found, unasked } = reads(known, versions);
      const ways = new Map();
      const rows = [];
      const refused = [];
      const empty = [];
      if (!isDemo)
        for (const workload of ['W1', 'W2', 'W3', 'W4', 'W5']) {
          const [question] = questionsOf(workload, 16, 1);
          const { documents, variables } = dialects.product;
          const who = [workload === 'W5' ? 150 : question.asked.testerId];
          const cost = await costOf(documents[workload], variables(workload, question), who);
          rows.push({ name: `${workload}: ${titles[workload]}`, ...cost, own: cost.server + cost.database });
        }
      for (const { name, document, way } of found.filter(({ name }) => only.test(name))) {
        const cost = await costOf(document);
        if (cost.problem) refused.push(`${name} (${cost.problem})`);
        else if (cost.isEmpty) empty.push(name);
        else {
          if (!ways.has(way)) ways.set(way, await costOf(way));
          const base = ways.get(way);
          rows.push({ name, ...cost, own: cost.server + cost.database - (base.server + base.database) });
        }
      }
      print('Reads', rows);
      if (unasked.length > 0) console.log(`\nNot asked, for want of arguments: ${unasked.join(', ')}.`);
      if (refused.length > 0) console.log(`\nAnswered to nobody: ${refused.join(', ')}.`);
      if (empty.length > 0) console.log(`\nThere is nothing here to ask it of: ${empty.join(', ')}.`);
      if (!isDemo) return;
      const writes = await costsOfWrites({ look, spent, read });
      print('Writes', writes);
      const unplayed = mutations.filter((name) => !writes.some((write) => write.name === name));
      console.log(`\nNot played: ${unplayed.join(', ')}.`);
    });
  } finally {
    connection.close();
    await server.stop();
  }
}

/** What arguments take here, and a version of each type, the one with the highest number. */
async function whatIsThere(read, { cycleId, reportId }, people) {
  const version = '__typename versionId versionNumber items(first: 1) { nodes { __typename } }';
  const query = `{ workflow(cycleId: "${cycleId}", reportId: "${reportId}") { id phases {
    history(first: 50) { nodes { ${version} } } records(first: 50) { nodes { ${version} } } } } }`;
  const { workflow } = await read(people[0], query);
  const all = workflow.phases.flatMap(({ history, records }) => [...history.nodes, ...records.nodes]);
  const versions = {};
  for (const { __typename, versionId, versionNumber, items } of all)
    if (!(versions[__typename]?.versionNumber > versionNumber))
      versions[__typename] = { versionId, versionNumber, itemType: items.nodes[0]?.__typename };
  const quoted = JSON.stringify;
  const at = quoted(new Date().toISOString());
  const known = {
    cycleId: quoted(cycleId),
    reportId: quoted(reportId),
    versionId: quoted(versions.SampleSelectionVersion.versionId),
    id: quoted(workflow.id),
    ids: `[${quoted(workflow.id)}]`,
    phase: 'SAMPLE_SELECTION',
    from: 1,
    at,
  };
  return { known, versions };
}

async function costsOfWrites({ look, spent, read }) {
  const costs = new Map();
  const write = async (userId, mutation, inputType, input) => {
    const query = `mutation ($input: ${inputType}!) { ${mutation}(input: $input) { version { versionId revision } } }`;
    const before = await look();
    const data = await read(userId, query, { input });
    const cost = spent(before, await look(), 1);
    if (!costs.has(mutation)) costs.set(mutation, []);
    costs.get(mutation).push(cost);
    return data[mutation].version;
  };
  for (let round = 0; round <= Number(asked.rounds); round++) {
    if (round === 1) costs.clear(); // the first warms up
    await play(write, read, { ...creditCards, lobId: LOB, uuid: randomUUID });
  }
  return [...costs].map(([name, all]) => {
    const mean = (what) => all.reduce((sum, cost) => sum + cost[what], 0) / all.length;
    const [statements, server, database] = ['statements', 'server', 'database'].map(mean);
    return { name, statements, server, database };
  });
}

function print(title, rows) {
  const columns = ['server', 'database', 'both', ...(rows[0] && 'own' in rows[0] ? ['own'] : [])];
  console.log(
    `\n${title} (milliseconds of CPU${columns.includes('own') ? '; "own" is without the way there' : ''}):\n`,
  );
  table(
    ['', 'statements', ...columns],
    rows
      .map((row) => ({ ...row, both: row.server + row.database }))
      .sort((one, other) => other.both - one.both)
      .slice(0, Number(asked.top))
      .map((row) => [row.name, row.statements.toFixed(1), ...columns.map((column) => row[column].toFixed(2))]),
  );
}

await withDatabase(statementsOn, {
  folder: asked.data && path.resolve(asked.data),
  settings: { shared_preload_libraries: 'pg_stat_statements' },
});
