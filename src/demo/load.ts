/**
 * The demo: people, a report, and a workflow that has already seen some of what workflows see. It is made through the same
 * services that users call, each step in the name of the person who would take it, so its history is a real one.
 */
import { v5 as uuidv5 } from 'uuid';
import type { Database } from '../database/database';
import { itemList } from '../database/items';
import { pagesOf } from '../database/pages';
import { usersById } from '../database/people';
import type { ItemRow } from '../database/rows';
import { openReferenceData } from '../database/reference-data';
import { versionsById } from '../database/versions';
import { fullPhaseOf, phases } from '../phases';
import { approveVersion } from '../services/approve-version';
import type { Caller, Committed } from '../services/commit';
import { createVersion } from '../services/create-version';
import { decideItems } from '../services/decide-items';
import { putItems } from '../services/put-items';
import { rejectVersion } from '../services/reject-version';
import { removeItems } from '../services/remove-items';
import { reviseVersion } from '../services/revise-version';
import { submitVersion } from '../services/submit-version';
import { updateVersion } from '../services/update-version';
import type { VersionHeader } from '../versioning/model';
import { planningV1, planningV2, planningV3Draft, scopingV1, scopingV2 } from './content/credit-card-report';
import { profilingV1, samplesV1 } from './content/profiling-and-samples';
import { creditCardReport, creditCardWorkflow, cycle, lobs, people, users } from './content/people';

/** Loads the demo into a database that has no users yet; says whether it did. */
export async function loadDemo(db: Database, ownerUrl: string): Promise<boolean> {
  const [{ there }] = (await db.query<{ there: boolean }>('select exists (select from users) as there')) as [
    { there: boolean },
  ];
  if (there) return false;
  console.error('Loading the demo workflow …');
  await loadReferenceData(ownerUrl);
  await new DemoWorkflow(db).play();
  return true;
}

async function loadReferenceData(ownerUrl: string): Promise<void> {
  const reference = openReferenceData(ownerUrl);
  try {
    for (const { userId, name, roles } of users) await reference.addUser(userId, name, roles);
    for (const { lobId, name } of Object.values(lobs)) await reference.addLob(name, lobId);
    await reference.addCycle(cycle);
    await reference.addReport(creditCardReport);
    await reference.addWorkflow(creditCardWorkflow);
  } finally {
    await reference.close();
  }
}

class DemoWorkflow {
  readonly #workflow = { cycleId: cycle.cycleId, reportId: creditCardReport.reportId };

  readonly #started = new Map<string, number>();
  /** The versions have the same ids everywhere, so that the README can name them: the phase's place, then the number. */
  readonly #nextVersionId = (phase: string): string => {
    const number = (this.#started.get(phase) ?? 0) + 1;
    this.#started.set(phase, number);
    const place = phases.findIndex(({ key }) => key === phase) + 1;
    return `0194d2a0-5c00-7000-8000-${String(place * 100 + number).padStart(12, '0')}`;
  };

  constructor(private readonly db: Database) {}

  async play(): Promise<void> {
    const ada = await this.as(people.ada.userId);
    const olga = await this.as(people.olga.userId);

    let plan = await this.after(
      createVersion(ada, {
        ...this.#workflow,
        phase: 'PLANNING',
        reason: planningV1.reason,
        content: { planning: planningV1.content },
        items: { attributeDecisions: planningV1.decisions },
      }),
    );
    plan = await this.after(submitVersion(ada, at(plan)));
    await approveVersion(ada, { ...at(plan), reason: planningV1.approvalNotes });

    plan = await this.after(
      createVersion(ada, {
        ...this.#workflow,
        phase: 'PLANNING',
        reason: planningV2.reason,
        items: { attributeDecisions: planningV2.added },
      }),
    );
    plan = await this.after(updateVersion(ada, { ...at(plan), content: { planning: planningV2.content } }));
    plan = await this.after(
      putItems(ada, { ...at(plan), items: { attributeDecisions: keyed(plan, planningV2.changed) } }),
    );
    plan = await this.after(
      removeItems(ada, { ...at(plan), itemKeys: planningV2.removedAttributeIds.map((id) => itemKey(plan, id)) }),
    );
    plan = await this.after(submitVersion(ada, at(plan)));
    await approveVersion(ada, { ...at(plan), reason: planningV2.approvalNotes });

    let profile = await this.after(
      createVersion(ada, {
        ...this.#workflow,
        phase: 'DATA_PROFILING',
        reason: profilingV1.reason,
        content: { dataProfiling: profilingV1.content },
        items: { profilingRules: profilingV1.rules },
      }),
    );
    profile = await this.after(submitVersion(ada, at(profile)));
    const { MODIFIED, REJECTED } = profilingV1.exceptions;
    const verdicts = (await this.itemKeys(profile)).map((key, n) => {
      if (n === 1) return { itemKey: key, status: 'MODIFIED' as const, notes: MODIFIED };
      if (n === 2) return { itemKey: key, status: 'REJECTED' as const, notes: REJECTED };
      return { itemKey: key, status: 'APPROVED' as const };
    });
    profile = await this.after(decideItems(olga, { ...at(profile), decisions: verdicts }));
    await approveVersion(olga, { ...at(profile), reason: profilingV1.approvalNotes });

    let scope = await this.after(
      createVersion(ada, {
        ...this.#workflow,
        phase: 'SCOPING',
        reason: scopingV1.reason,
        content: { scoping: scopingV1.content },
        items: { scopingDecisions: scopingV1.decisions },
      }),
    );
    scope = await this.after(submitVersion(ada, at(scope)));
    const reviews = scopingV1.reviews.map(({ attributeId, status, notes }) => ({
      itemKey: itemKey(scope, attributeId),
      status,
      notes,
    }));
    scope = await this.after(decideItems(olga, { ...at(scope), decisions: reviews }));
    scope = await this.after(rejectVersion(olga, { ...at(scope), reason: scopingV1.rejectionReason }));

    scope = await this.after(reviseVersion(ada, { ...at(scope), reason: scopingV2.reason }));
    scope = await this.after(
      putItems(ada, { ...at(scope), items: { scopingDecisions: keyed(scope, scopingV2.corrected) } }),
    );
    scope = await this.after(submitVersion(ada, at(scope)));
    const corrected = scopingV2.corrected.map(({ attributeId }) => ({
      itemKey: itemKey(scope, attributeId),
      status: 'APPROVED' as const,
    }));
    scope = await this.after(decideItems(olga, { ...at(scope), decisions: corrected }));
    await approveVersion(olga, { ...at(scope), reason: scopingV2.approvalNotes });

    const drawn = await this.after(
      createVersion(ada, {
        ...this.#workflow,
        phase: 'SAMPLE_SELECTION',
        reason: samplesV1.reason,
        content: { sampleSelection: samplesV1.content },
        items: { samples: samplesV1.samples },
      }),
    );
    await submitVersion(ada, at(drawn));

    plan = await this.after(
      createVersion(ada, { ...this.#workflow, phase: 'PLANNING', reason: planningV3Draft.reason }),
    );
    await putItems(ada, { ...at(plan), items: { attributeDecisions: keyed(plan, planningV3Draft.changed) } });
  }

  private async itemKeys({ phase, versionId }: VersionHeader): Promise<string[]> {
    const page = await pagesOf<ItemRow>(this.db, itemList(fullPhaseOf(phase)), [versionId], {
      limit: 1000,
      cursor: null,
      backwards: false,
    });
    return page.get(versionId)!.rows.map(({ itemKey: key }) => key);
  }

  private async as(userId: number): Promise<Caller> {
    const [viewer] = await usersById(this.db, [userId]);
    return { db: this.db, viewer: viewer!, requestId: 'demo', newVersionId: this.#nextVersionId };
  }

  private async after(step: Promise<Committed>): Promise<VersionHeader> {
    const [version] = await versionsById(this.db, [(await step).versionId]);
    return version!;
  }
}

const at = ({ versionId, revision }: VersionHeader) => ({ versionId, expectedRevision: revision });
const itemKey = ({ masterRecordId }: VersionHeader, attributeId: string): string => uuidv5(attributeId, masterRecordId);
const keyed = <T extends { attributeId: string }>(version: VersionHeader, items: readonly T[]) =>
  items.map((item) => ({ ...item, itemKey: itemKey(version, item.attributeId) }));
