/**
 * The auditor's pack: a workflow as of an instant, to be kept and verified by somebody who has nothing but the pack. Papers and
 * workbooks for people, the data as the API said it, the commit log with every value, who did not have a second pair of eyes, and
 * a program that holds all of it against its manifest and the log against itself.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { GraphQLSchema } from 'graphql';
import { headAt } from '../../database/log-reader';
import { projectRoot } from '../../env';
import type { Context } from '../../graphql/context';
import { phases } from '../../phases';
import { slugOf } from '../../phases/names';
import { logText } from '../../proof/log-file';
import { selfAttestedReport } from '../../proof/self-attested';
import { notFound } from '../../versioning/errors';
import { readVersion, type Ask } from '../document';
import { sheetOf } from '../sheet-of-items';
import { setAside } from '../workpaper/answer';
import { dataOf } from '../workpaper/compose';
import type { Paper } from '../workpaper/paper';
import { readPaper, type WorkflowAddress } from '../workpaper/read';
import { Archive } from './archive';

const VERIFIER = 'verify-pack.mjs';
/** What showing a commit would cost. */
const COMMIT_COST = 10;

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

/** Hands over the log of a workflow as it stood at an instant, piece by piece, in one snapshot. */
export const readLog = (
  context: Context,
  streamId: string,
  at: Date,
  take: (pieces: AsyncIterable<string>) => Promise<void>,
): Promise<void> =>
  context.db.snapshot(async (tx) => {
    const last = await headAt(tx, streamId, at);
    if (!last) throw notFound(`The log of ${streamId} at ${at.toISOString()}`);
    await take(logText(tx, streamId, last));
    context.owe(COMMIT_COST * last.sequence);
  });

/** Who did not have a second pair of eyes in a cycle, told to whoever asks, which is noted. */
export const selfAttestedIn = ({ db, userId, requestId }: Context, cycleId: string, asOf: Date | null) =>
  selfAttestedReport(db, { cycleId, from: null, to: null, asOf }, { readerId: userId, requestId });

interface Asking {
  readonly ask: Ask;
  readonly schema: GraphQLSchema;
  readonly context: Context;
}

/** Adds a phase's paper, its data, and its versions as workbooks. */
async function addPhase(archive: Archive, { ask, context }: Asking, paper: Paper, name: string): Promise<void> {
  await archive.add(`workpapers/${name}.pdf`, [await setAside(context, paper)], { isPacked: true });
  await archive.add(`data/${name}.json`, [dataOf(paper)]);
  for (const { versionId, versionNumber } of paper.of === 'PHASE' ? paper.phase.versions : []) {
    const sheet = sheetOf(await readVersion(ask, versionId, paper.at));
    const workbook = await context.work.files.run(context.userId, { format: 'xlsx', write: sheet });
    if (!(workbook instanceof Uint8Array)) throw new Error('A workbook was not written.');
    await archive.add(`items/${name}_version-${versionNumber}.xlsx`, [workbook], { isPacked: true });
  }
}

/** Writes the pack of a workflow; what was begun and cannot be finished is the caller's to take away. */
export async function writePack(file: string, asking: Asking, address: WorkflowAddress, at: string): Promise<void> {
  const { ask, schema, context } = asking;
  const archive = new Archive(file);
  try {
    let paper: Paper | undefined;
    for (const [index, { key }] of phases.entries()) {
      paper = await readPaper(ask, schema, { ...address, phase: key }, at);
      if (index === 0) await archive.add('README.txt', [readme(paper)]);
      await addPhase(archive, asking, paper, `${index + 1}-${slugOf(key)}`);
    }
    const { workflow, at: instant } = paper!;
    const read = new Date(instant);
    await readLog(context, workflow.workflowId, read, (pieces) => archive.add('log.jsonl', pieces));
    const report = await selfAttestedIn(context, address.cycleId, read);
    await archive.add('self-attested.json', [JSON.stringify(report, null, 1)]);
    await archive.add(VERIFIER, [readFileSync(path.join(projectRoot, 'docs', VERIFIER))]);
    const manifest = { format: 'phaseledger-pack-1', at: instant, workflow, files: archive.files };
    await archive.add('manifest.json', [JSON.stringify(manifest, null, 1)]);
    await archive.close();
  } catch (error) {
    archive.abandon();
    throw error;
  }
}
