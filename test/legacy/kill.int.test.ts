/** An import that is killed, wherever it is, goes on where it was: the end is the same. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '../../packages/pg-client';
import { startCommand } from '../support/command';
import { chance } from '../support/chance';
import { effort, seed } from '../support/effort';
import { Target } from '../support/import';
import { asFolder, oldSystem } from '../support/old-system';

const KILLS = effort.killedImports;
const next = chance(seed);
const folder = asFolder(oldSystem({ workflows: 2 }));

let whole: string;
let rows: number;
beforeAll(async () => {
  const target = await Target.create();
  ({ rows } = await target.import(folder));
  whole = await target.digest();
  await target.drop();
});

/** Ends every session of an import, as a crash of the server or a cut line would: in the middle of whatever it does. */
const cut = (target: Target) =>
  withClient(target.database.superuserUrl, async (client) => {
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'phaseledger legacy' and datname = current_database()`,
    );
  });

describe('an import that is killed', () => {
  let cutOff = 0;

  test.each(Array.from({ length: KILLS }, (_, i) => i))(
    'at a random point (%d), comes to the same state when it runs again',
    async (i) => {
      const target = await Target.create();
      try {
        // Spread over the run, and random within each part; not at its end, where it may be faster than the knife.
        const point = Math.floor(((i + next()) / (KILLS + 1)) * rows);
        let cutting: Promise<void> | undefined;
        const killed = target.import(folder, {
          progress(what, done) {
            if (what === 'place' && done >= point) cutting ??= cut(target);
          },
        });
        const outcome = await killed.then(
          () => 'ended',
          () => 'killed',
        );
        await cutting;
        const again = await target.import(folder);
        expect({ point, digest: await target.digest() }).toEqual({ point, digest: whole });
        if (outcome === 'killed' && again.outcomes.placed > 0) cutOff++;
        expect((await target.import(folder)).outcomes).toMatchObject({ placed: 0, changed: 0, held: 0 });
      } finally {
        await target.drop();
      }
    },
  );

  it('has most of the time something left to do', () => {
    expect(cutOff).toBeGreaterThan(KILLS / 2);
  });

  it('as a process, by SIGKILL, again and again', async () => {
    const target = await Target.create();
    const start = () => startCommand('legacy', ['import', '--from', folder], target.settings);
    /** Before which row it waits until it is killed: it comes no further, however long that takes. */
    const heldBefore = (row: number, work: (isHeld: () => Promise<boolean>) => Promise<void>) =>
      withClient(target.database.superuserUrl, async (holder) => {
        await holder.query(`select pg_advisory_lock(1);
          create sequence public.arriving;
          create function public.hold() returns trigger language plpgsql security definer as
            'begin if nextval(''public.arriving'') >= ${row} then perform pg_advisory_xact_lock(1); end if; return new; end';
          create trigger zz_hold before insert on legacy.source_row for each row execute function public.hold()`);
        const isHeld = async () => {
          const { rowCount } = await holder.query(
            `select from pg_locks where locktype = 'advisory' and objid = 1 and not granted`,
          );
          return rowCount! > 0;
        };
        await work(isHeld);
        await holder.query('select pg_advisory_unlock(1)');
        await holder.query(
          'drop trigger zz_hold on legacy.source_row; drop function public.hold(); drop sequence public.arriving',
        );
      });
    try {
      for (let kill = 1; kill <= 3; kill++)
        await heldBefore(Math.ceil((rows * (1 + next())) / 10), async (isHeld) => {
          let child = start();
          for (; !(await isHeld()); await sleep(10)) if (child.exitCode !== null) child = start(); // it was refused: the server had not yet ended the session before
          const ended = once(child, 'exit');
          child.kill('SIGKILL');
          expect(await ended).toEqual([null, 'SIGKILL']);
        });
      // The server ends a session some moments after its client is gone; until then an import is refused.
      for (;;) {
        const [code] = (await once(start(), 'exit')) as [number];
        if (code === 0) break;
        await sleep(200);
      }
      expect(await target.digest()).toBe(whole);
      expect(await target.verify(folder)).toMatchObject({ ok: true });
    } finally {
      await target.drop();
    }
  });
});
