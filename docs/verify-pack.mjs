// Verifies an auditor's pack without the product, its database or any package: node verify-pack.mjs [folder of the unpacked pack]
// It holds every file against the manifest, and recomputes the chain of commits as docs/commit-log.md says.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.resolve(process.argv[2] ?? path.dirname(process.argv[1]));
const problems = [];

const hashOf = async (file) => {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part);
  return hash.digest('hex');
};

const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
for (const { name, sha256 } of manifest.files) {
  const file = path.join(folder, name);
  if (!existsSync(file)) problems.push(`${name} is missing.`);
  else if ((await hashOf(file)) !== sha256) problems.push(`${name} is not as it was when the pack was made.`);
}
const known = new Set(['manifest.json', ...manifest.files.map(({ name }) => name)]);
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  const name = path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)).replaceAll('\\', '/');
  if (entry.isFile() && !known.has(name)) problems.push(`${name} is not part of the pack.`);
}

// A field as it is hashed: its length in UTF-8 bytes, a colon, the text; a dash where there is none.
const field = (value) => (value == null ? '-' : `${Buffer.byteLength(String(value))}:${value}`);

function commitHash(commit) {
  const { operator } = commit;
  const header = [
    operator == null ? 'phaseledger-log-1' : 'phaseledger-log-2',
    commit.previousHash,
    commit.streamId,
    commit.sequence,
    commit.committedAt,
    commit.changeSetId,
    commit.actorId,
    commit.origin,
    commit.operation,
    commit.reason,
    commit.requestId,
    commit.occurredAt,
    ...(operator == null ? [] : [operator]),
    commit.rows.length,
  ];
  const hash = createHash('sha256').update(header.map(field).join(''));
  for (const row of commit.rows)
    hash.update([row.tableName, row.rowId, row.versionId, row.operation, row.before, row.after].map(field).join(''));
  return hash.digest('hex');
}

// Lines end with a line feed and nothing else: U+2028, for one, may stand in somebody's reason.
async function* linesOf(file) {
  let parts = [];
  for await (const chunk of createReadStream(file)) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      yield Buffer.concat([...parts, chunk.subarray(start, end)]).toString('utf8');
      parts = [];
      start = end + 1;
    }
    parts.push(chunk.subarray(start));
  }
}

let head;
let last = { sequence: 0, hash: null, committedAt: null };
const log = path.join(folder, 'log.jsonl');
if (existsSync(log))
  for await (const line of linesOf(log)) {
    const said = JSON.parse(line);
    if (!head) {
      head = said.head;
      continue;
    }
    const place = `Commit ${last.sequence + 1} of log.jsonl`;
    if (said.sequence !== last.sequence + 1) problems.push(`${place} is missing.`);
    else if (said.previousHash !== last.hash) problems.push(`${place} does not link to the one before it.`);
    else if (commitHash(said) !== said.hash) problems.push(`${place} does not have the content it was sealed with.`);
    else if (last.committedAt !== null && said.committedAt <= last.committedAt)
      problems.push(`${place} is not later than the one before it.`);
    last = said;
    if (problems.length > 0) break;
  }
const ends = (one) => one?.sequence === last.sequence && one.hash === last.hash;
if (problems.length === 0 && !(ends(head) && ends(manifest.workflow.head)))
  problems.push(`log.jsonl ends at commit ${last.sequence}, which is not the last that the pack says there is.`);

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
} else
  console.log(
    `${manifest.files.length} files are as they were when the pack was made, and ${last.sequence} commits follow from each other. ` +
      `The last has the hash ${last.hash}: hold it against a checkpoint that was kept elsewhere.`,
  );
