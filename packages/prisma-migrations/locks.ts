/**
 * Finds statements in a migration that would block users of existing tables. It checks the text for the usual cases only. A migration may
 * do anything to tables that it creates itself.
 */
import { mannerOf } from './online';

/** `-- migration: may lock, since …`: a person has approved the lock and states why. */
const EXEMPT = /^-- migration: may lock, since \S/m;
/** `-- migration: contracts`: no server of the previous release runs any more. */
const CONTRACTS = /^-- migration: contracts\s*$/m;

const TABLE = String.raw`((?:"?\w+"?\.)?"?\w+"?)`;
const NAME = String.raw`(?:only\s+)?${TABLE}`;
const CREATES = new RegExp(String.raw`^create\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?${TABLE}`, 'i');

interface Rule {
  readonly finds: RegExp;
  /** The part of the statement that makes it harmless. */
  readonly unless?: RegExp;
  readonly instead: string;
}
const alter = (what: string, unless: RegExp | undefined, instead: string): Rule => ({
  finds: new RegExp(String.raw`^alter\s+table\s+(?:if\s+exists\s+)?${NAME}\s[^]*\b${what}`, 'i'),
  ...(unless && { unless }),
  instead,
});

const rules: readonly Rule[] = [
  {
    finds: new RegExp(String.raw`^create\s+(?:unique\s+)?index\s+(?!concurrently)[^]*?\bon\s+${NAME}`, 'i'),
    instead:
      'nobody can write while it is built: use `create index concurrently if not exists`, in a migration of statements',
  },
  alter(
    String.raw`(?:set\s+data\s+)?type\s`,
    undefined,
    'the table is rewritten: add another column, fill it in batches, and take the old one away in a later release',
  ),
  alter(
    String.raw`set\s+not\s+null`,
    undefined,
    'all rows are read under a lock: add `check (… is not null) not valid`, and validate it in a migration of its own',
  ),
  alter(
    String.raw`add\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?(?!constraint\b|check\b)"?\w+"?\s[^,]*not\s+null`,
    /default\s/i,
    'rows that are there have no value: let it be null, fill it in batches, then add a validated check',
  ),
  alter(
    String.raw`add\s+(?:column\s+)?[^,]*default\s+(?:gen_random_uuid|clock_timestamp|random|nextval|uuidv?\d)`,
    undefined,
    'each row is written, since its value is another: add it without, and fill it in batches',
  ),
  alter(
    String.raw`(?:foreign\s+key|references|check\s*\()`,
    /not\s+valid/i,
    'all rows are read under a lock: add it `not valid`, and validate it in a migration of its own',
  ),
  alter(
    String.raw`add\s+(?:constraint\s+"?\w+"?\s+)?(?:unique|primary\s+key)`,
    /using\s+index/i,
    'an index is built under a lock: build it concurrently, then add the constraint `using index`',
  ),
  {
    finds: new RegExp(String.raw`^(?:update|delete\s+from)\s+${NAME}`, 'i'),
    instead: 'many rows are locked until all are written: use a migration in batches',
  },
  {
    finds: new RegExp(
      String.raw`^(?:lock\s+table|lock|vacuum\s+full|cluster|reindex\s+(?:table|index)(?!\s+concurrently))\s+${NAME}`,
      'i',
    ),
    instead: 'everybody waits until it is done',
  },
];

/** Changes that break servers of the previous release. */
const contracting: readonly RegExp[] = [
  new RegExp(String.raw`^drop\s+(?:table|view)\s+(?:if\s+exists\s+)?${NAME}`, 'i'),
  new RegExp(String.raw`^alter\s+table\s+(?:if\s+exists\s+)?${NAME}\s[^]*\b(?:drop\s+column|rename)`, 'i'),
];

const bare = (name: string): string =>
  name
    .replaceAll('"', '')
    .replace(/^public\./i, '')
    .toLowerCase();

/** Splits a script into statements, without comments and function bodies. */
const statements = (sql: string): string[] =>
  sql
    .replace(/(\$\w*\$)[^]*?\1/g, "''")
    .replace(/--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim());

const tablesMadeBy = (sql: string): Set<string> =>
  new Set(
    statements(sql).flatMap((statement) => {
      const [, table] = CREATES.exec(statement) ?? [];
      return table === undefined ? [] : [bare(table)];
    }),
  );

/** The objections to a migration, as sentences; none for tables that it creates itself. */
export function lockProblems(sql: string): string[] {
  if (EXEMPT.test(sql)) return [];
  const own = tablesMadeBy(sql);
  const isBatches = mannerOf(sql) === 'batches';
  return statements(sql).flatMap((statement) => {
    const shown = statement.replace(/\s+/g, ' ').slice(0, 100);
    const isOnTheirs = ([, table]: RegExpExecArray) => table !== undefined && !own.has(bare(table));
    if (/^create\s+(?:unique\s+)?index\s+concurrently/i.test(statement)) {
      if (mannerOf(sql) !== 'statements')
        return [`${shown}: needs a migration of statements (\`-- migration: statements\`)`];
      if (!/concurrently\s+if\s+not\s+exists/i.test(statement))
        return [`${shown}: needs \`if not exists\`, so that it can be tried again`];
    }
    const problems = rules.flatMap(({ finds, unless, instead }) => {
      const found = finds.exec(statement);
      if (!found || !isOnTheirs(found) || unless?.test(statement)) return [];
      return isBatches && /^(update|delete)/i.test(statement) ? [] : [`${shown}: ${instead}`];
    });
    const contracts = contracting.some((pattern) => {
      const found = pattern.exec(statement);
      return found !== null && isOnTheirs(found);
    });
    if (contracts && !CONTRACTS.test(sql))
      problems.push(
        `${shown}: servers of the release before still ask for it; if none runs any more, say \`-- migration: contracts\``,
      );
    return problems;
  });
}
