/** What the tests of the past share: workflows of their own, instants, and waiting for the clock. */
import { randomUUID } from 'node:crypto';
import { fromGlobalId, globalId } from '../../src/graphql/global-id';
import type { World } from '../support/world';
import { ada, ben, olga, tess } from '../support/world';

export interface Place {
  readonly cycleId: string;
  readonly reportId: string;
  readonly workflowId: string;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** An instant some milliseconds from another one. */
export const plus = (instant: string, ms: number): string => new Date(Date.parse(instant) + ms).toISOString();

/** Now, by the database's clock. */
export async function now(world: World): Promise<string> {
  const [row] = await world.sql<{ now: Date }>('service', 'select clock_timestamp()::timestamptz(3) as now');
  return row!.now.toISOString();
}

/** When the last commit of a stream was made. */
export async function lastCommit(world: World, streamId: string): Promise<string> {
  const [head] = await world.sql<{ at: Date }>(
    'superuser',
    'select committed_at as at from log.stream where stream_id = $1',
    [streamId],
  );
  return head!.at.toISOString();
}

/** An answer under ids without instants, in which an object as it was then and the same object now are called alike. */
export const withoutInstants = (answer: string): string =>
  answer.replace(/"([\w-]{8,})"/g, (text, id: string) => {
    const parts = fromGlobalId(id);
    return parts ? JSON.stringify(globalId(parts.typeName, parts.key)) : text;
  });

/** Waits until the clock has left an instant behind, so that what is done next is later in every stream. */
export async function pass(instant: string): Promise<void> {
  while (Date.now() <= Date.parse(instant)) await pause(1);
}

/** A workflow with a report of its own, in the first cycle; the people of the standard workflow unless told otherwise. */
export async function makeWorkflow(
  world: World,
  cycleId: string,
  { testers = [ada, ben], lead = ben, owner = olga, executive = tess } = {},
): Promise<Place> {
  const place = { cycleId, reportId: randomUUID(), workflowId: randomUUID() };
  await world.session('owner', async (client) => {
    await client.query('begin');
    await client.query('insert into reports (report_id, name, number) values ($1, $2, $2)', [
      place.reportId,
      `R ${place.reportId}`,
    ]);
    await client.query(
      `insert into workflows (workflow_id, cycle_id, report_id, test_lead_id, report_owner_id, test_executive_id)
       values ($1, $2, $3, $4, $5, $6)`,
      [place.workflowId, cycleId, place.reportId, lead, owner, executive],
    );
    await client.query('insert into workflow_testers (workflow_id, user_id) select $1, unnest($2::int[])', [
      place.workflowId,
      testers,
    ]);
    await client.query('commit');
  });
  return place;
}
