/** What auditors take away over HTTP: the log of a workflow, a pack that was made, and who did not have a second pair of eyes. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { packById, partsOf } from '../../database/packs';
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
import { readLog, selfAttestedIn, STEPS } from './pack';

const ofWorkflow = new RegExp(`^${ROOT}/workflows/(${UUID})/(${UUID})/log\\.jsonl$`, 'i');
const ofCycle = new RegExp(`^${ROOT}/cycles/(${UUID})/self-attested\\.json$`, 'i');
const ofPack = new RegExp(`^${ROOT}/packs/(${UUID})/pack\\.zip$`, 'i');

/** Where a pack is taken. */
export const pathOfPack = (packId: string): string => `${ROOT}/packs/${packId}/pack.zip`;

type Export =
  | (WorkflowAddress & { readonly kind: 'log.jsonl' })
  | { readonly kind: 'self-attested.json'; readonly cycleId: string }
  | { readonly kind: 'pack.zip'; readonly packId: string };

/** What an address asks for; null if it is nothing of the kind. */
export function exportAt(pathname: string): Export | null {
  const [, cycleId, reportId] = ofWorkflow.exec(pathname) ?? [];
  if (cycleId !== undefined && reportId !== undefined) return { kind: 'log.jsonl', cycleId, reportId };
  const [, cycle] = ofCycle.exec(pathname) ?? [];
  if (cycle !== undefined) return { kind: 'self-attested.json', cycleId: cycle };
  const [, packId] = ofPack.exec(pathname) ?? [];
  return packId === undefined ? null : { kind: 'pack.zip', packId };
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
  if (wanted.kind === 'pack.zip') return sendPack(context, wanted.packId, response);
  const ask = asking(access, context);
  if (wanted.kind === 'self-attested.json') return sendSelfAttested(ask, context, wanted.cycleId, instant, response);
  const { workflowId, at } = await find(ask, wanted, instant);
  await context.noteRead(workflowId, 'export:log');
  const name = `${fileName('log', workflowId, at)}.jsonl`;
  await sendWritten(context, response, { name, mediaType: 'application/jsonl' }, (file) =>
    readLog(context, workflowId, new Date(at), (pieces) =>
      pipeline(pieces, createWriteStream(file, { mode: 0o600, flags: 'wx' })),
    ),
  );
}

/** Sends a pack that was made, piece by piece: whoever takes it slowly holds no connection to the database. */
async function sendPack(context: Context, packId: string, response: ServerResponse): Promise<void> {
  const { status, streamId, asOf, bytes } = await packById(context.db, packId);
  if (status !== 'READY') throw notFound(`The file of the pack ${packId}, which is ${status},`);
  await context.noteRead(streamId, 'download:pack');
  const name = `${fileName('pack', streamId, asOf.toISOString())}.zip`;
  response.writeHead(200, headersOfFile('application/zip', name, bytes!));
  const pieces = async function* () {
    for await (const { data } of partsOf(context.db, packId, { from: STEPS - 1, until: STEPS })) yield data;
  };
  // A client that goes away is nobody's fault.
  await pipeline(pieces(), response).catch(() => response.destroy());
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
