/** The statement about the viewer that every planned root starts with. */
import type { TextRow } from '../../database/connection/statements';
import { assignmentExpressions, rolesOf } from '../../database/register/people';
import type { WorkflowAssignment } from '../../versioning/model';
import type { OwnList } from './list';
import { pastStatement } from './past';
import { rolesIn, type Run } from './run';
import { Statement } from './statement';

export type Answer = (run: Run) => Promise<string>;

export interface Root {
  /** The number of statements it takes. */
  readonly statements: number;
  readonly isPast: boolean;
  readonly answer: Answer;
}

export const statementsOf = (lists: readonly OwnList[]): number =>
  lists.reduce((sum, list) => sum + 1 + statementsOf(list.below), 0);

/** A statement about the viewer. */
export function aboutCaller(isPast: boolean) {
  const statement = isPast ? pastStatement() : new Statement();
  const userId = statement.parameter(({ context }) => context.userId);
  statement.join(() => 'public.users caller');
  statement.where(`caller.user_id = ${userId}`);
  const isActive = statement.as('rights', () => statement.place('caller.is_active'));
  const roles = statement.as('rights', () =>
    statement.place(`array_to_json(${rolesOf('caller', 'public.user_roles')})`),
  );
  return {
    statement,
    userId,
    callerIn: (row: TextRow) => ({ isActive: row[isActive] === 't', roles: rolesIn(row[roles]!) }),
  };
}

/**
 * A person's assignment to a workflow `w`, read from the row.
 * @param place adds an expression to the select list and returns its position
 */
export function assignmentOf(userId: string, place: (sql: string) => number): (row: TextRow) => WorkflowAssignment {
  const places = Object.entries(assignmentExpressions(userId)).map(([name, sql]) => [name, place(sql)] as const);
  return (row) =>
    Object.fromEntries(places.map(([name, at]) => [name, row[at] === 't'])) as unknown as WorkflowAssignment;
}
