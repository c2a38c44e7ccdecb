/**
 * The auditor's pack: a workflow as of an instant, which can be kept and verified without anything else. It contains papers and workbooks
 * for people, the data as the API returned it, the complete commit log, the self-attestation report, and a program that checks everything
 * against the manifest and verifies the log. Packs as of the same instant are identical byte for byte.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { headAt } from '../../database/log/log-reader';
import { projectRoot } from '../../env';
import type { Context } from '../../graphql/context';
import { fullPhases, phases } from '../../phases';
import { slugOf } from '../../phases/names';
import { archiveFile } from '../../proof/archives';
import { logText } from '../../proof/log-file';
import { selfAttestedReport } from '../../proof/self-attested';
import { notFound } from '../../versioning/errors';
import { sheetOf } from '../sheet-of-items';
import { setAside } from '../workpaper/answer';
import { dataOf } from '../workpaper/compose';
import type { Paper, Version } from '../workpaper/paper';
import type { WorkflowAt } from '../workpaper/read';
import type { Archive } from './archive';
import type { Store } from './store';

const VERIFIER = 'verify-pack.mjs';
/** The cost of a commit, as if the API had shown it. */
export const COMMIT_COST = 10;

const readme = ({ at, workflow: { report, cycle } }: Paper): string =>
  [
    `${report.name} (${report.number}), ${cycle.name}, as of ${at}`,
    '',
    'workpapers/         each phase as a PDF, with its data attached',
    'items/              the items of each version in them, as workbooks',
    'data/               what the papers were made from, as JSON',
    'log.jsonl           every commit of the workflow up to then, with every value before and after; each hash covers the one before',
    'self-attested.json  approvals, signatures and decisions in the cycle by somebody who had edited or submitted the version',
    'manifest.json       the SHA-256 of each file',
    `${VERIFIER}     node ${VERIFIER} verifies the files against the manifest and the log against itself; it takes Node.js and nothing else`,
    '',
  ].join('\n');

/** Streams a workflow's log as of an instant, in one snapshot; archived images are read from their file, if it is at hand. */
export const readLog = (
  context: Context,
  streamId: string,
  at: Date,
  take: (pieces: AsyncIterable<string>) => Promise<void>,
): Promise<void> =>
  context.db.snapshot(async (tx) => {
    const last = await headAt(tx, streamId, at);
    if (!last) throw notFound(`The log of ${streamId} at ${at.toISOString()}`);
    const archive = context.archives === null ? undefined : await archiveFile(tx, streamId, context.archives);
    await take(logText(tx, streamId, { last, ...(archive !== undefined && { archive }) }));
    context.owe(COMMIT_COST * last.sequence);
  });

/** The self-attestation report of a cycle for the requester; reading it is recorded. */
export const selfAttestedIn = ({ db, userId, requestId }: Context, cycleId: string, asOf: Date | null) =>
  selfAttestedReport(db, { cycleId, from: null, to: null, asOf }, { readerId: userId, requestId });

/** The inputs of a step. */
export interface Making {
  readonly context: Context;
  readonly workflow: WorkflowAt;
  readonly streamId: string;
  readonly cycleId: string;
  readonly asOf: Date;
  readonly store: Store;
}
type Step = (making: Making) => Promise<unknown>;

async function workbookOf(context: Context, { workflow, at }: Paper, version: Version): Promise<Uint8Array> {
  const phase = fullPhases.find(({ key }) => key === version.phase)!;
  const sheet = sheetOf({ phase, items: version.items, versionId: version.versionId, at });
  const workbook = await context.work.files.run(context.userId, { format: 'xlsx', write: sheet });
  if (!(workbook instanceof Uint8Array)) throw new Error(`A workbook of ${workflow.workflowId} was not written.`);
  return workbook;
}

/** A phase: its paper, its data, and its versions as workbooks. */
const ofPhase =
  (key: string, index: number): Step =>
  async ({ context, workflow, store }) => {
    const name = `${index + 1}-${slugOf(key)}`;
    const paper = await workflow.phase(key);
    if (index === 0) await store.add('README.txt', [readme(paper)]);
    await store.add(`workpapers/${name}.pdf`, [await setAside(context, paper)]);
    await store.add(`data/${name}.json`, [dataOf(paper)]);
    for (const version of paper.phase.versions)
      await store.add(`items/${name}_version-${version.versionNumber}.xlsx`, [
        await workbookOf(context, paper, version),
      ]);
  };

const ofLog: Step = ({ context, streamId, asOf, store }) =>
  readLog(context, streamId, asOf, (pieces) => store.add('log.jsonl', pieces));

const ofSelfAttestations: Step = async ({ context, cycleId, asOf, store }) => {
  // The time of the run is left out, so that packs are reproducible.
  const { runAt: _, ...report } = await selfAttestedIn(context, cycleId, asOf);
  await store.add('self-attested.json', [JSON.stringify(report, null, 1)]);
};

/** The steps that make the files. A completed step is kept if a later one fails, or its server dies. */
const steps: readonly Step[] = [...phases.map(({ key }, index) => ofPhase(key, index)), ofLog, ofSelfAttestations];

/** These steps, plus the one that makes the archive. */
export const STEPS = steps.length + 1;

export const makeStep = (step: number, making: Making): Promise<unknown> => steps[step]!(making);

/** Makes the archive; returns its size and hash. */
export async function makeWhole({ workflow, store }: Making) {
  const place = await workflow.place();
  return store.pack('pack.zip', async (archive: Archive) => {
    await archive.add(VERIFIER, [readFileSync(path.join(projectRoot, 'docs', VERIFIER))]);
    const { at } = workflow;
    const manifest = { format: 'phaseledger-pack-1', at, workflow: place.workflow, files: archive.files };
    await archive.add('manifest.json', [JSON.stringify(manifest, null, 1)]);
  });
}
