/** The demo: people, reports, and two workflows with a history. It is loaded once, into a database without users. */
import type { Database } from '../database/connection/database';
import { openReferenceData } from '../database/register/reference-data';
import { analyzeDatabase } from '../database/deployment/statistics';
import { refreshMetrics } from '../services/refresh-metrics';
import { demoCaller } from './caller';
import { cycle, lobs, people, reports, users, workflows } from './content/people';
import { playCreditCardWorkflow } from './workflows/credit-card';
import { playLiquidityWorkflow } from './workflows/liquidity';

/** Loads the demo if the database has no users; returns whether it did. */
export async function loadDemo(db: Database, ownerUrl: string): Promise<boolean> {
  const [{ there }] = (await db.query<{ there: boolean }>('select exists (select from users) as there')) as [
    { there: boolean },
  ];
  if (there) return false;
  console.error('Loading the demo workflows …');
  await loadReferenceData(ownerUrl);
  await playCreditCardWorkflow(db);
  await playLiquidityWorkflow(db);
  await keepFigures(db);
  await analyzeDatabase(ownerUrl);
  return true;
}

/** The test executive stores the figures of the cycle, up to the end of the day. */
async function keepFigures(db: Database): Promise<void> {
  const [day] = await db.query<{ end: Date }>(`select date_trunc('day', clock_timestamp()) + interval '1 day' as end`);
  await refreshMetrics(await demoCaller(db, people.tess), {
    cycleId: cycle.cycleId,
    periodStart: new Date(cycle.startDate),
    periodEnd: day!.end,
  });
}

async function loadReferenceData(ownerUrl: string): Promise<void> {
  const reference = openReferenceData(ownerUrl);
  try {
    await reference.commit({ operation: 'demo', reason: 'The people and the reports of the demo.' }, async (data) => {
      for (const user of users) await data.addUser(user);
      for (const lob of Object.values(lobs)) await data.addLob(lob);
      await data.addCycle(cycle);
      for (const report of reports) await data.addReport(report);
      for (const workflow of workflows) await data.addWorkflow(workflow);
    });
  } finally {
    await reference.close();
  }
}
