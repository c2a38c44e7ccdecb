/**
 * What of a migration would hold up those who use the tables that are there already: a check of its text, which knows the usual ways and
 * no others. A migration that makes a table may do with that what it likes.
 */
import { mannerOf } from './online';

/** `-- migration: may lock, since …`: somebody has looked, and says why. */
const EXEMPT = /^-- migration: may lock, since \S/m;
/** `-- migration: contracts`: no server of the release before runs any more. */
const CONTRACTS = /^-- migration: contracts\s*$/m;

const NAME = String.raw`(?:only\s+)?((?:"?\w+"?\.)?"?\w+"?)`;

interface Rule {
  readonly finds: RegExp;
  /** What makes it harmless, in the statement itself. */
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

/** What servers of the release before still ask for. */
const contracting: readonly RegExp[] = [
  new RegExp(String.raw`^drop\s+(?:table|view)\s+(?:if\s+exists\s+)?${NAME}`, 'i'),
  new RegExp(String.raw`^alter\s+table\s+(?:if\s+exists\s+)?${NAME}\s[^]*\b(?:drop\s+column|rename)`, 'i'),
];

const bare = (name: string): string =>
  name
    .replaceAll('"', '')
    .replace(/^public\./i, '')
    .toLowerCase();

/** The statements, as far as a text shows them: without comments, and with nothing in bodies of functions. */
const statements = (sql: string): string[] =>
  sql
    .replace(/(\$\w*\$)[^]*?\1/g, "''")
    .replace(/--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim());

const tablesMadeBy = (sql: string): Set<string> =>
  new Set(
    statements(sql).flatMap((statement) => {
      const [, table] =
        /^create\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?((?:"?\w+"?\.)?"?\w+"?)/i.exec(statement) ?? [];
      return table === undefined ? [] : [bare(table)];
    }),
  );

/** What stands against a migration, in sentences; nothing where it makes the tables that it touches. */
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
