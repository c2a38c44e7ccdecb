/** The liquidity report's workflow: planning is done, the profiling rules wait for the report owner, and nothing follows yet. */
import type { Database } from '../../database/connection/database';
import { liquidityPlan, liquidityProfiling } from '../content/liquidity-report';
import { liquidityWorkflow, people } from '../content/people';
import { Stage } from '../stage';

/** Keeps its version ids apart from those of the first workflow. */
const FIRST_ID = 10_000;

export async function playLiquidityWorkflow(db: Database): Promise<void> {
  const stage = new Stage(db, liquidityWorkflow, FIRST_ID);
  const ben = await stage.person(people.ben);

  const { reason, content, decisions, approvalNotes } = liquidityPlan;
  const plan = await ben.create('PLANNING', { reason, content, items: decisions });
  await ben.approve(await ben.submit(plan), approvalNotes);

  const { rules, ...profiling } = liquidityProfiling;
  await ben.submit(await ben.create('DATA_PROFILING', { ...profiling, items: rules }));
}
