/** What auditors take away over HTTP: the log of a workflow, the pack of a workflow, and who did not have a second pair of eyes. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Context } from '../../graphql/context';
import { demandThat } from '../../graphql/visibility';
import type { ApiAccess } from '../../transport/endpoint';
import { demandMethod, send, type ApiRequest } from '../../transport/http';
import { UUID } from '../../uuid';
import { notFound } from '../../versioning/errors';
import { canSeeReferenceLog } from '../../versioning/seeing';
import { asking, fileName, headersOfFile, instantIn, ROOT } from '../asking';
import type { Ask } from '../document';
import { questions } from '../workpaper/questions';
import { lastOfWorkflow, unknownWorkflow, type WorkflowAddress } from '../workpaper/read';
import { readLog, selfAttestedIn, writePack } from './pack';

const ofWorkflow = new RegExp(`^${ROOT}/workflows/(${UUID})/(${UUID})/(log\\.jsonl|pack\\.zip)$`, 'i');
const ofCycle = new RegExp(`^${ROOT}/cycles/(${UUID})/self-attested\\.json$`, 'i');

type Export =
  | (WorkflowAddress & { readonly kind: 'log.jsonl' | 'pack.zip' })
  | { readonly kind: 'self-attested.json'; readonly cycleId: string };

/** What an address asks for; null if it is nothing of the kind. */
export function exportAt(pathname: string): Export | null {
  const [, cycleId, reportId, kind] = ofWorkflow.exec(pathname) ?? [];
  if (cycleId !== undefined && reportId !== undefined)
    return { kind: kind!.toLowerCase() as 'log.jsonl' | 'pack.zip', cycleId, reportId };
  const [, cycle] = ofCycle.exec(pathname) ?? [];
  return cycle === undefined ? null : { kind: 'self-attested.json', cycleId: cycle };
}

interface Found {
  readonly workflowId: string;
  readonly at: string;
}

/** The workflow, and the instant: its last commit's, if none is asked for. The API refuses what is no instant, or not past. */
async function find(ask: Ask, { cycleId, reportId }: WorkflowAddress, instant?: string): Promise<Found> {
  const { workflowId, at: last } = await lastOfWorkflow(ask, { cycleId, reportId });
  const at = instant ?? last;
  // Settles the instant as well: no later commit will be stamped at or before it.
  const then = (await ask(questions.settled, { cycleId, reportId, at })) as { workflow: object | null };
  if (!then.workflow) throw unknownWorkflow({ cycleId, reportId });
  return { workflowId, at: new Date(at).toISOString() };
}

/** Has a file written in a turn of its own, then sends it: whoever takes it slowly holds nothing but the file. */
async function sendWritten(
  { work, userId }: Context,
  response: ServerResponse,
  { name, mediaType }: { name: string; mediaType: string },
  write: (file: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'phaseledger-export-'));
  const file = path.join(folder, 'file');
  try {
    await work.exports.run(userId, () => write(file));
    const { size } = await stat(file);
    response.writeHead(200, headersOfFile(mediaType, name, size));
    // A client that goes away is nobody's fault.
    await pipeline(createReadStream(file), response).catch(() => response.destroy());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function sendExport(
  access: ApiAccess,
  api: ApiRequest,
  wanted: Export,
  response: ServerResponse,
): Promise<void> {
  demandMethod(api.request, ['GET']);
  const instant = instantIn(api.search);
  const context = await access.contextOf(api);
  demandThat(canSeeReferenceLog(context.viewer), `${wanted.kind} is for Auditors and Administrators.`);
  const ask = asking(access, context);
  if (wanted.kind === 'self-attested.json') return sendSelfAttested(ask, context, wanted.cycleId, instant, response);
  const { workflowId, at } = await find(ask, wanted, instant);
  const isLog = wanted.kind === 'log.jsonl';
  await context.noteRead(workflowId, isLog ? 'export:log' : 'export:pack');
  const name = `${fileName(isLog ? 'log' : 'pack', workflowId, at)}.${isLog ? 'jsonl' : 'zip'}`;
  const mediaType = isLog ? 'application/jsonl' : 'application/zip';
  await sendWritten(context, response, { name, mediaType }, (file) =>
    isLog
      ? readLog(context, workflowId, new Date(at), (pieces) =>
          pipeline(pieces, createWriteStream(file, { mode: 0o600, flags: 'wx' })),
        )
      : writePack(file, { ask, schema: access.schema, context }, wanted, at),
  );
}

async function sendSelfAttested(
  ask: Ask,
  context: Context,
  cycleId: string,
  at: string | undefined,
  response: ServerResponse,
): Promise<void> {
  const { cycle } = (await ask(questions.cycle, { cycleId, at: at ?? null })) as { cycle: object | null };
  if (!cycle) throw notFound(`Cycle ${cycleId}`);
  const report = await context.work.exports.run(context.userId, () =>
    selfAttestedIn(context, cycleId, at === undefined ? null : new Date(at)),
  );
  send(response, 200, report);
}
