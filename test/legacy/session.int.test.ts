/** An import sends one transaction behind the other: what becomes of one is no other's business. */
import { OwnerSession } from '../../src/legacy/session';
import { World } from '../support/world';

let world: World;
let session: OwnerSession;
beforeAll(async () => {
  world = await World.create();
  await world.sql('owner', 'create table public.noted (n int primary key)');
  session = await OwnerSession.open(world.database.ownerUrl);
});
afterAll(async () => {
  await session.close();
  await world.destroy();
});
beforeEach(() => world.sql('owner', 'delete from public.noted'));

const noted = async () => (await world.sql<{ n: number }>('owner', 'select n from noted order by n')).map(({ n }) => n);
const note = (...numbers: number[]) =>
  session.transaction((tx) => {
    for (const n of numbers) tx.write('insert into noted values ($1)', [n]);
  });

test('one that fails leaves those before and behind it as they are, and says what failed first', async () => {
  const outcomes = await Promise.allSettled([note(1, 2), note(3, 1, 4), note(5), note(5, 6), note(7)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
  expect(outcomes[1]).toHaveProperty('reason.code', '23505');
  expect(outcomes[3]).toHaveProperty('reason.code', '23505');
  expect(await noted()).toEqual([1, 2, 5, 7]);
});

test('one that is refused when it is committed is refused, and the next is not undone with it', async () => {
  await world.sql('owner', 'create table public.of_another (n int references noted deferrable initially deferred)');
  const outcomes = await Promise.allSettled([
    session.transaction((tx) => tx.write('insert into of_another values (9)')),
    note(1),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(outcomes[0]).toHaveProperty('reason.code', '23503');
  expect(await noted()).toEqual([1]);
  expect(await world.sql('owner', 'select n from of_another')).toEqual([]);
});

test('one that waits for answers is alone until it has ended, also where it gives up', async () => {
  const seen: number[][] = [];
  const asking = (n: number) =>
    session.transaction(async (tx) => {
      tx.write('insert into noted values ($1)', [n]);
      seen.push((await tx.query<{ n: number }>('select n from noted order by n')).map((row) => row.n));
      if (n === 2) throw new Error('given up');
    });
  const outcomes = await Promise.allSettled([asking(1), asking(2), note(3), asking(4)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(outcomes[1]).toHaveProperty('reason.message', 'given up');
  expect(seen).toEqual([[1], [1, 2], [1, 3, 4]]);
  expect(await noted()).toEqual([1, 3, 4]);
});
