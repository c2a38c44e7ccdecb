/** The arguments with which queries name a workflow, or select several. */
import type { Filter } from '../../database/connection/pages';
import { a, optional, type Given } from '../declare';

export const workflowArgs = { cycleId: a.uuid('The cycle.'), reportId: a.uuid('The report.') };

/** @param things the name of what is selected, with a trailing space, for the description */
export const selectionArgs = (things: string) => ({
  cycleId: optional.uuid(`Only ${things}of this cycle.`),
  reportId: optional.uuid(`Only ${things}of this report.`),
});

export const ofSelection = ({ cycleId, reportId }: Given<ReturnType<typeof selectionArgs>>): Filter[] => [
  ...(cycleId ? [{ sql: 'w.cycle_id = $1', parameters: [cycleId] }] : []),
  ...(reportId ? [{ sql: 'w.report_id = $1', parameters: [reportId] }] : []),
];
