/** What waits for the viewer, as a list that can be narrowed down. */
import { createHash } from 'node:crypto';
import { sinceOf, WAIT, type Ask } from '../../versioning/work';
import { connectComputed, connectionArgs, type Connection, type ConnectionArgs } from '../connection';
import type { Context } from '../context';
import { optional } from '../declare';
import { PhaseEnum } from '../enums';
import { filterArg } from '../list';
import { WorkAskEnum, type Waiting, type WorkRow } from './types';
import { waitingWork } from './work';

export const workArgs = {
  ...connectionArgs,
  ...filterArg('Work', 'entries', {
    asks: optional.of<Ask[]>(
      'What is asked. If left out, everything but WAIT: what others have is shown only to those who ask for it.',
      () => [WorkAskEnum],
    ),
    phases: optional.of<string[]>('That are done in these phases.', () => [PhaseEnum]),
    workflowIds: optional.uuids('In these workflows.'),
  }),
};

interface WorkFilter {
  readonly asks?: readonly Ask[] | null;
  readonly phases?: readonly string[] | null;
  readonly workflowIds?: readonly string[] | null;
}

export async function workFor(context: Context, filter: unknown): Promise<WorkRow[]> {
  const { asks, phases, workflowIds } = (filter ?? {}) as WorkFilter;
  return (await waitingWork(context)).filter(
    ({ ask, phase, version: { streamId } }) =>
      (asks ? asks.includes(ask) : ask !== WAIT) &&
      (phases?.includes(phase) ?? true) &&
      (workflowIds?.includes(streamId) ?? true),
  );
}

/** In the order of the list: since when, and then by the version. */
const placeOf = ({ version }: Waiting): string =>
  `${sinceOf(version).getTime().toString(16).padStart(12, '0')}-${version.versionId}`;

export const workPage = (work: readonly WorkRow[], page: ConnectionArgs): Connection<WorkRow> =>
  connectComputed('my-work', work, placeOf, page, (entry) => entry, { ascends: true });

/** The same for the same work: what is read of each version, and what it asks of whom. */
export const printOf = (work: readonly WorkRow[]): string =>
  createHash('sha256').update(JSON.stringify(work)).digest('base64');
