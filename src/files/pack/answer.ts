/** Auditors' downloads over HTTP: the log of a workflow, a pack, the self-attestation report, and events. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { finished, pipeline } from 'node:stream/promises';
import { lastChanges } from '../../database/log/change-log';
import { packById, partsOf } from '../../database/delivery/packs';
import { REFERENCE_STREAM } from '../../database/register/people';
import type { Context } from '../../graphql/context';
import { requireThat } from '../../graphql/visibility';
import type { ApiAccess } from '../../transport/http/endpoint';
import { requireMethod, send, type ApiRequest } from '../../transport/http/http';
import { UUID } from '../../uuid';
import { exportOcsf, type Span } from '../../proof/ocsf-export';
import { badInput, notFound } from '../../versioning/errors';
import { canSeeReferenceLog } from '../../versioning/seeing';
import { asking, fileName, headersOfFile, instantIn, ROOT } from '../asking';
import type { Ask } from '../document';
import { questions } from '../workpaper/questions';
import { lastOfWorkflow, unknownWorkflow, type WorkflowAddress } from '../workpaper/read';
import { COMMIT_COST, readLog, selfAttestedIn, STEPS } from './pack';

const ofWorkflow = new RegExp(`^${ROOT}/workflows/(${UUID})/(${UUID})/log\\.jsonl$`, 'i');
const ofCycle = new RegExp(`^${ROOT}/cycles/(${UUID})/self-attested\\.json$`, 'i');
const REFERENCE_LOG = `${ROOT}/reference/log.jsonl`;
const EVENTS = `${ROOT}/events.ocsf.jsonl`;
const ofPack = new RegExp(`^${ROOT}/packs/(${UUID})/pack\\.zip$`, 'i');

/** The path of a pack. */
export const pathOfPack = (packId: string): string => `${ROOT}/packs/${packId}/pack.zip`;

type Export =
  | (WorkflowAddress & { readonly kind: 'log.jsonl' })
  | { readonly kind: 'self-attested.json'; readonly cycleId: string }
  | { readonly kind: 'pack.zip'; readonly packId: string }
  | { readonly kind: 'reference/log.jsonl' | 'events.ocsf.jsonl' };

/** What a path asks for; null if it is not an export. */
export function exportAt(pathname: string): Export | null {
  const [, cycleId, reportId] = ofWorkflow.exec(pathname) ?? [];
  if (cycleId !== undefined && reportId !== undefined) return { kind: 'log.jsonl', cycleId, reportId };
  const [, cycle] = ofCycle.exec(pathname) ?? [];
  if (cycle !== undefined) return { kind: 'self-attested.json', cycleId: cycle };
  if (pathname === REFERENCE_LOG) return { kind: 'reference/log.jsonl' };
  if (pathname === EVENTS) return { kind: 'events.ocsf.jsonl' };
  const [, packId] = ofPack.exec(pathname) ?? [];
  return packId === undefined ? null : { kind: 'pack.zip', packId };
}

interface Found {
  readonly workflowId: string;
  readonly at: string;
}

/** The workflow, and the instant: that of its last commit if none is given. The API refuses invalid or future instants. */
async function find(ask: Ask, { cycleId, reportId }: WorkflowAddress, instant?: string): Promise<Found> {
  const { workflowId, at: last } = await lastOfWorkflow(ask, { cycleId, reportId });
  const at = instant ?? last;
  // This also closes the stream, so that no later commit is stamped at or before the instant.
  const then = (await ask(questions.settled, { cycleId, reportId, at })) as { workflow: object | null };
  if (!then.workflow) throw unknownWorkflow({ cycleId, reportId });
  return { workflowId, at: new Date(at).toISOString() };
}

/** The same for the log of the reference data. */
async function findReference(context: Context, instant?: string): Promise<Found> {
  const [last] = await lastChanges(context.db, [REFERENCE_STREAM]);
  const at = instant === undefined ? last!.committedAt : new Date(instant);
  if (Number.isNaN(at.getTime())) throw badInput('`at` takes an instant with its zone: at=2026-01-31T09:30:00Z.');
  await context.asOf(at).closeStreams();
  return { workflowId: REFERENCE_STREAM, at: at.toISOString() };
}

/** Writes a file in its turn and then sends it, so that a slow client holds nothing but the file. */
async function sendWritten(
  { work, userId }: Context,
  response: ServerResponse,
  { name, mediaType }: { name: string; mediaType: string },
  write: (file: string) => Promise<void | Record<string, string>>,
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'phaseledger-export-'));
  const file = path.join(folder, 'file');
  try {
    const more = await work.exports.run(userId, () => write(file));
    const { size } = await stat(file);
    response.writeHead(200, { ...headersOfFile(mediaType, name, size), ...more });
    // A client that disconnects is not an error.
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
  requireMethod(api.request, ['GET']);
  const span = wanted.kind === 'events.ocsf.jsonl' ? spanIn(api.search) : null;
  const instant = span ? undefined : instantIn(api.search);
  const context = await access.contextOf(api);
  requireThat(canSeeReferenceLog(context.viewer), `${wanted.kind} is for Auditors and Administrators.`);
  if (span) return sendEvents(context, span, response);
  if (wanted.kind === 'pack.zip') return sendPack(context, wanted.packId, response);
  const ask = asking(access, context);
  if (wanted.kind === 'self-attested.json') return sendSelfAttested(ask, context, wanted.cycleId, instant, response);
  const { workflowId, at } =
    wanted.kind === 'log.jsonl' ? await find(ask, wanted, instant) : await findReference(context, instant);
  await context.recordRead(workflowId, 'export:log');
  const name = `${fileName('log', workflowId, at)}.jsonl`;
  await sendWritten(context, response, { name, mediaType: 'application/jsonl' }, (file) =>
    readLog(context, workflowId, new Date(at), (pieces) =>
      pipeline(pieces, createWriteStream(file, { mode: 0o600, flags: 'wx' })),
    ),
  );
}

/** The requested time span of events: `since`, and optionally `until`. */
function spanIn(search: string): Pick<Span, 'since'> & Partial<Span> {
  const parameters = new URLSearchParams(search);
  const known = [...parameters.keys()].every((name) => name === 'since' || name === 'until');
  const [since, until] = ['since', 'until'].map((name) => {
    const text = parameters.get(name);
    return text === null ? undefined : new Date(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : NaN);
  });
  if (!known || !since || [since, until].some((instant) => Number.isNaN(instant?.getTime())))
    throw badInput(
      'It takes `since`, and `until` if you like: instants with their zone, such as 2026-01-31T09:30:00Z.',
    );
  return { since, ...(until && { until }) };
}

/** Events for a SIEM. A header gives the end of the span, which is where the next request begins. */
async function sendEvents(context: Context, span: ReturnType<typeof spanIn>, response: ServerResponse): Promise<void> {
  const { db, userId: readerId, requestId } = context;
  const name = `${fileName('events', span.since.toISOString())}.jsonl`;
  await sendWritten(context, response, { name, mediaType: 'application/jsonl' }, async (file) => {
    const out = createWriteStream(file, { mode: 0o600, flags: 'wx' });
    const tell = async (event: object) => {
      if (!out.write(`${JSON.stringify(event)}\n`)) await once(out, 'drain');
    };
    const by = { readerId, requestId };
    const { until, told } = await exportOcsf(db, span, tell, { by }).finally(() => out.end());
    await finished(out);
    context.owe(COMMIT_COST * told);
    return { 'phaseledger-until': until.toISOString() };
  });
}

/** Streams a pack piece by piece; between pieces, a slow client holds no database connection. */
async function sendPack(context: Context, packId: string, response: ServerResponse): Promise<void> {
  const { status, streamId, asOf, bytes } = await packById(context.db, packId);
  if (status !== 'READY') throw notFound(`The file of the pack ${packId}, which is ${status},`);
  await context.recordRead(streamId, 'download:pack');
  const name = `${fileName('pack', streamId, asOf.toISOString())}.zip`;
  response.writeHead(200, headersOfFile('application/zip', name, bytes!));
  const pieces = async function* () {
    for await (const { data } of partsOf(context.db, packId, { from: STEPS - 1, until: STEPS })) yield data;
  };
  // A client that disconnects is not an error.
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
