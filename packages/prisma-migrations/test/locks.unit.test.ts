/** Which statements a migration may run on tables that are in use, and which are rejected. */
import { lockProblems } from '..';

const statements = (sql: string) => `-- migration: statements\n${sql}`;
const batches = (sql: string) => `-- migration: batches\n${sql}`;

test.each([
  ['an index', 'CREATE INDEX "a" ON "things"("name");', 'nobody can write while it is built'],
  ['a unique index', 'create unique index a on log.things (name);', 'nobody can write while it is built'],
  ['another type', 'ALTER TABLE "things" ALTER COLUMN "size" SET DATA TYPE BIGINT;', 'the table is rewritten'],
  ['another type, in short', 'alter table things alter size type bigint;', 'the table is rewritten'],
  ['a column that takes nulls no more', 'ALTER TABLE "things" ALTER COLUMN "size" SET NOT NULL;', 'all rows are read'],
  ['a column without a value', 'ALTER TABLE "things" ADD COLUMN "size" INTEGER NOT NULL;', 'have no value'],
  [
    'a value that is another each time',
    'alter table things add column key uuid default gen_random_uuid();',
    'each row is written',
  ],
  ['a foreign key', 'ALTER TABLE "things" ADD CONSTRAINT "f" FOREIGN KEY ("a") REFERENCES "others"("a");', 'not valid'],
  ['a check', 'alter table things add constraint c check (size > 0);', 'not valid'],
  ['a unique constraint', 'alter table things add constraint u unique (name);', 'using index'],
  ['many rows at once', 'update things set size = 0 where size is null;', 'a migration in batches'],
  ['a lock', 'lock table things in exclusive mode;', 'everybody waits'],
  ['a table that is gone', 'DROP TABLE "things";', 'servers of the release before'],
  ['a column that is gone', 'ALTER TABLE "things" DROP COLUMN "size";', 'servers of the release before'],
  ['another name', 'alter table things rename column size to length;', 'servers of the release before'],
  [
    'an index that is built aside, in a transaction',
    'create index concurrently if not exists a on things (name);',
    'needs a migration of statements',
  ],
  [
    'an index that is built aside and not repeatable',
    statements('create index concurrently a on things (name);'),
    'so that it can be tried again',
  ],
  [
    'a statement behind a harmless one',
    'create table own (id int);\ncreate index a on things (name);',
    'nobody can write',
  ],
])('refused: %s', (_, sql, why) => {
  const [problem, ...more] = lockProblems(sql);
  expect(problem).toContain(why);
  expect(more).toEqual([]);
});

test.each([
  [
    'a new table with all there is',
    'CREATE TABLE "own" ("id" INT NOT NULL, CONSTRAINT "p" PRIMARY KEY ("id"));\nCREATE INDEX "a" ON "own"("id");\nALTER TABLE "own" ADD CONSTRAINT "f" FOREIGN KEY ("id") REFERENCES "things"("id");',
  ],
  ['a column that may be null', 'ALTER TABLE "things" ADD COLUMN "size" INTEGER;'],
  ['a column with a value for all', 'ALTER TABLE "things" ADD COLUMN "size" INTEGER NOT NULL DEFAULT 0;'],
  ['an index that is built aside', statements('create index concurrently if not exists a on things (name);')],
  [
    'rows in batches',
    batches('update things set size = 0 where id in (select id from things where size is null limit 1000);'),
  ],
  ['a check of what comes', 'alter table things add constraint c check (size is not null) not valid;'],
  ['and then of what is there', 'alter table things validate constraint c;'],
  ['a constraint on an index that is there', 'alter table things add constraint u unique using index a;'],
  [
    'a function, whatever is in it',
    'create function f() returns void language plpgsql as $$ begin update things set size = 0; end $$;',
  ],
  ['a comment', '-- alter table things drop column size;\nselect 1;'],
  ['what is taken away when nobody asks for it', '-- migration: contracts\nALTER TABLE "things" DROP COLUMN "size";'],
  [
    'what somebody has looked at',
    '-- migration: may lock, since the table has a row for each phase\ncreate index a on things (name);',
  ],
])('let through: %s', (_, sql) => {
  expect(lockProblems(sql)).toEqual([]);
});
