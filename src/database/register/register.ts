/** The register as lists that can be searched and sorted: people, lines of business, cycles and reports. */
import type { Db } from '../connection/database';
import { cycleColumns, lobColumns, REFERENCE_STREAM, reportColumns, userColumns } from './people';
import type { FilteredList, OrderField, PagedList } from '../connection/pages';

/** Whether one of the texts contains the given one, ignoring case. */
const containedIn = (...texts: readonly string[]): string =>
  texts.map((text) => `position(log.name_key($1) in log.name_key(${text})) > 0`).join(' or ');

const byText = (column: string): OrderField => ({ sql: `log.name_key(${column})`, type: 'text' });
/** Unknown dates sort first. */
const byDay = (column: string): OrderField => ({
  sql: `coalesce(${column} - date '0001-01-01', -1)::bigint`,
  type: 'bigint',
});

/** These lists have no parent, so their parent is a placeholder. */
const whole = { ofParent: 'true', keyType: 'uuid', newestFirst: true } as const satisfies Partial<PagedList>;

export const userList = {
  ...whole,
  name: 'users',
  select: userColumns,
  from: 'users u',
  key: 'u.user_id',
  keyType: 'int',
  newestFirst: false,
  filters: {
    search: containedIn('u.name', 'u.user_id::text'),
    roles: 'exists (select from user_roles r where r.user_id = u.user_id and r.role::text = any($1::text[]))',
    isActive: 'u.is_active = $1::boolean',
  },
  orders: { NAME: byText('u.name'), USER_ID: { sql: 'u.user_id::bigint', type: 'bigint' } },
} as const satisfies FilteredList;

export const lobList = {
  ...whole,
  name: 'lobs',
  select: lobColumns,
  from: 'lobs l',
  key: 'l.lob_id',
  filters: { search: containedIn('l.name') },
  orders: { NAME: byText('l.name') },
} as const satisfies FilteredList;

export const cycleList = {
  ...whole,
  name: 'cycles',
  select: cycleColumns,
  from: 'cycles c',
  key: 'c.cycle_id',
  filters: {
    search: containedIn('c.name'),
    status: 'log.name_key(c.cycle_status) = log.name_key($1)',
    /** A cycle without a first or last day counts as open on that side. */
    on: `daterange(c.start_date, c.end_date, '[]') @> $1::date`,
  },
  orders: { NAME: byText('c.name'), START_DATE: byDay('c.start_date'), END_DATE: byDay('c.end_date') },
} as const satisfies FilteredList;

export const reportList = {
  ...whole,
  name: 'reports',
  select: reportColumns,
  from: 'reports r',
  key: 'r.report_id',
  filters: {
    search: containedIn('r.name', 'r.number'),
    number: 'log.name_key(r.number) = log.name_key($1)',
    lobId: 'r.lob_id = $1::uuid',
    ownerId: 'r.owner_id = $1::int',
  },
  orders: { NAME: byText('r.name'), NUMBER: byText('r.number') },
} as const satisfies FilteredList;

/** An entry of the register. */
export interface Registered {
  readonly kind: keyof typeof tablesOf;
  readonly id: string;
}

/** The tables that make up each kind of entry; the primary keys of their rows begin with the entry's id. */
const tablesOf = {
  User: ['users', 'user_roles'],
  Lob: ['lobs'],
  Cycle: ['cycles'],
  Report: ['reports'],
  Workflow: ['workflows', 'workflow_testers'],
  Webhook: ['webhooks'],
} as const;

/** The last commit that changed each entry, as its sequence in the reference stream. */
export const registerRevisions = (
  db: Db,
  kind: Registered['kind'],
  ids: readonly string[],
): Promise<{ readonly id: string; readonly revision: number }[]> =>
  db.query(
    `select split_part(r.row_id, ',', 1) as id, max(r.sequence)::int as revision from row_change r
     where r.stream_id = $1::uuid and r.table_name = any($2::text[]) and split_part(r.row_id, ',', 1) = any($3::text[])
     group by 1`,
    [REFERENCE_STREAM, [...tablesOf[kind]], ids],
  );
