/**
 * The credit card report's workflow, which shows most of what workflows go through: Ada prepares, Olga decides for the report, Eve and Dan
 * answer for the data, Ben helps to test, Tess reads the test report. Some things are left open.
 */
import type { Database } from '../../database/connection/database';
import { planningV1, planningV2, planningV3Draft, scopingV1, scopingV2 } from '../content/credit-card-report';
import {
  chargeOffPolicy,
  clarification,
  furtherEvidence,
  owners,
  pastDueExtract,
  retest,
  waiverApprovals,
} from '../content/evidence';
import { observationsV1, observationsV2 } from '../content/observations';
import { creditCardWorkflow, people } from '../content/people';
import { profilingV1, profilingV2Deleted, samplesV1, samplesV2 } from '../content/profiling-and-samples';
import { reportV1, reportV2, reportV3Draft } from '../content/test-report';
import { Stage, type Person } from '../stage';

type Cast = Readonly<Record<'ada' | 'ben' | 'olga' | 'dan' | 'eve' | 'tess', Person>>;

export async function playCreditCardWorkflow(db: Database): Promise<void> {
  const stage = new Stage(db, creditCardWorkflow);
  const cast: Cast = {
    ada: await stage.person(people.ada),
    ben: await stage.person(people.ben),
    olga: await stage.person(people.olga),
    dan: await stage.person(people.dan),
    eve: await stage.person(people.eve),
    tess: await stage.person(people.tess),
  };
  await plan(cast);
  await profile(cast);
  await scope(cast);
  await drawSamples(cast);
  await nameDataOwners(cast);
  await handInDocuments(cast);
  await askWhileTesting(cast);
  await observe(cast);
  await report(cast);
  await leaveOpen(cast);
}

async function plan({ ada }: Cast): Promise<void> {
  const { reason, content, decisions, approvalNotes } = planningV1;
  const first = await ada.create('PLANNING', { reason, content, items: decisions });
  await ada.approve(await ada.submit(first), approvalNotes);

  let second = await ada.create('PLANNING', { reason: planningV2.reason, items: planningV2.added });
  second = await ada.update(second, planningV2.content);
  second = await ada.put(second, planningV2.changed);
  second = await ada.remove(second, planningV2.removed);
  await ada.approve(await ada.submit(second), planningV2.approvalNotes);
}

async function profile({ ada, ben, olga }: Cast): Promise<void> {
  const { reason, content, rules, exceptions, approvalNotes } = profilingV1;
  let rulesOfSeptember = await ada.create('DATA_PROFILING', { reason, content, items: rules });
  rulesOfSeptember = await ada.submit(rulesOfSeptember);
  rulesOfSeptember = await olga.decideAll(rulesOfSeptember, exceptions);
  await olga.approve(rulesOfSeptember, approvalNotes);

  const tooEarly = await ben.create('DATA_PROFILING', profilingV2Deleted);
  await ben.delete(tooEarly, profilingV2Deleted.deletionReason);
}

async function scope({ ada, olga }: Cast): Promise<void> {
  const { reason, content, decisions, refused, rejectionReason } = scopingV1;
  let first = await ada.create('SCOPING', { reason, content, items: decisions });
  first = await ada.submit(first);
  first = await olga.decideAll(first, refused);
  first = await olga.reject(first, rejectionReason);

  let second = await ada.revise(first, scopingV2.reason);
  second = await ada.put(second, scopingV2.corrected);
  second = await ada.submit(second);
  second = await olga.decideAll(second);
  await olga.approve(second, scopingV2.approvalNotes);
}

async function drawSamples({ ada, olga }: Cast): Promise<void> {
  const { reason, content, samples, exceptions, approvalNotes } = samplesV1;
  let drawn = await ada.create('SAMPLE_SELECTION', { reason, content, items: samples });
  drawn = await ada.submit(drawn);
  drawn = await olga.decideAll(drawn, exceptions);
  await olga.approve(drawn, approvalNotes);
}

async function nameDataOwners({ eve }: Cast): Promise<void> {
  const cards = await eve.record('assignDataOwner', owners.consumerCards);
  await eve.record('assignDataOwner', owners.smallBusiness);
  await eve.record('transferDataOwner', owners.consumerCardsToDan, cards);
  const cover = await eve.record('assignDataOwner', owners.leaveCover);
  await eve.record('deactivateDataOwner', owners.leaveCoverEnded, cover);
}

async function handInDocuments({ ada, ben, dan }: Cast): Promise<void> {
  let extract = await dan.record('submitDocument', pastDueExtract.submitted);
  extract = await ada.record('reviewDocument', pastDueExtract.incomplete, extract);
  extract = await dan.record('reviseDocument', pastDueExtract.wholeMonth, extract);
  extract = await ada.record('reviewDocument', pastDueExtract.masked, extract);
  extract = await dan.record('reviseDocument', pastDueExtract.inClear, extract);
  await ben.record('reviewDocument', pastDueExtract.accepted, extract);

  let policy = await dan.record('submitDocument', chargeOffPolicy.edition2024);
  policy = await ada.record('reviewDocument', chargeOffPolicy.outdated, policy);
  policy = await dan.record('submitDocument', {
    ...chargeOffPolicy.edition2026,
    replacesVersionId: policy.versionId,
  });
  await ada.record('reviewDocument', chargeOffPolicy.accepted, policy);

  await dan.record('submitDocument', waiverApprovals);
}

async function askWhileTesting({ ada, ben, dan }: Cast): Promise<void> {
  const runAgain = await ada.record('requestTestAction', retest.asked);
  await dan.record('respondToTestAction', retest.answered, runAgain);
  const question = await dan.record('requestTestAction', clarification.asked);
  await ben.record('respondToTestAction', clarification.answered, question);
  await ada.record('requestTestAction', furtherEvidence);
}

async function observe({ ada, ben, olga }: Cast): Promise<void> {
  const { reason, content, observations, addedByBen, exceptions, rejectionReason } = observationsV1;
  let first = await ada.create('OBSERVATION_MANAGEMENT', { reason, content, items: observations });
  first = await ben.put(first, addedByBen.observations, addedByBen.reason);
  first = await ada.submit(first);
  first = await olga.decideAll(first, exceptions);
  first = await olga.reject(first, rejectionReason);

  let second = await ada.revise(first, observationsV2.reason);
  second = await ada.put(second, observationsV2.put);
  second = await ada.remove(second, observationsV2.removed);
  second = await ada.submit(second);
  second = await olga.decideAll(second);
  await olga.approve(second, observationsV2.approvalNotes);
}

async function report({ ada, ben, olga, tess }: Cast): Promise<void> {
  const { reason, content, sections, exceptions, rejectionReason } = reportV1;
  let first = await ada.create('FINALIZE_TEST_REPORT', { reason, content, items: sections });
  first = await ada.submit(first);
  first = await tess.decideAll(first, exceptions);
  first = await tess.reject(first, rejectionReason);

  let second = await ada.revise(first, reportV2.reason);
  second = await ada.update(second, reportV2.content);
  second = await ada.submit(await ada.put(second, reportV2.rewritten));
  const { lead, owner, executive } = reportV2.signatures;
  await ben.sign(second, 'test_lead', lead);
  second = await tess.decideAll(second);
  await olga.sign(second, 'report_owner', owner);
  await tess.sign(second, 'test_executive', executive);
  await tess.approve(second, reportV2.approvalNotes);

  let third = await ada.create('FINALIZE_TEST_REPORT', reportV3Draft);
  third = await ada.submit(await ada.put(third, reportV3Draft.corrected));
  await ben.sign(third, 'test_lead', reportV3Draft.signature);
}

/** Leaves work open in phases that have been approved before. */
async function leaveOpen({ ada, olga }: Cast): Promise<void> {
  const { reason, content, added, decided } = samplesV2;
  const samples = await ada.create('SAMPLE_SELECTION', { reason, content, items: added });
  await olga.decide(await ada.submit(samples), decided);

  const draft = await ada.create('PLANNING', { reason: planningV3Draft.reason });
  await ada.put(draft, planningV3Draft.changed);
}
