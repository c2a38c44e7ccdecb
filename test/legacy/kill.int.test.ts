/** An import that is killed, wherever it is, goes on where it was: the end is the same. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '../../src/database/embedded';
import { Target } from '../support/import';
import { asFolder, oldSystem } from '../support/old-system';

const KILLS = 20;
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
  test.each(Array.from({ length: KILLS }, (_, i) => i))(
    'at a random point (%d), comes to the same state when it runs again',
    async (i) => {
      const target = await Target.create();
      try {
        // Spread over the whole run, and random within each part.
        const point = Math.floor(((i + Math.random()) / KILLS) * rows);
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
        // Near the end it may be faster than the knife.
        if (outcome === 'killed') expect(again.outcomes.placed).toBeGreaterThan(0);
        expect((await target.import(folder)).outcomes).toMatchObject({ placed: 0, changed: 0, held: 0 });
      } finally {
        await target.drop();
      }
    },
  );

  it('as a process, by SIGKILL, again and again', async () => {
    const command = path.join(__dirname, '..', '..', 'dist', 'cli', 'legacy.js');
    expect(existsSync(command)).toBe(true);
    const target = await Target.create();
    try {
      const env = {
        ...process.env,
        DATABASE_URL: target.database.serviceUrl,
        DATABASE_OWNER_URL: target.database.ownerUrl,
      };
      const run = () =>
        spawn(process.execPath, [command, 'import', '--from', folder, '--json'], {
          env,
          stdio: ['ignore', 'pipe', 'inherit'],
        });
      for (let kill = 0; kill < 3; kill++) {
        const child = run();
        child.stdout.resume();
        await Promise.race([once(child, 'exit'), sleep(500 + 400 * kill + Math.random() * 300)]);
        child.kill('SIGKILL');
      }
      // The server ends a session some moments after its client is gone.
      for (;;) {
        const child = run();
        child.stdout.resume();
        const [code] = (await once(child, 'exit')) as [number];
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
