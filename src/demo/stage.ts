/**
 * The stage of the demo: people who work in one workflow. Each step is one mutation through the services that users call, by the person who
 * acts, on the version as they last saw it.
 */
import type { Database } from '../database/connection/database';
import { itemList } from '../database/versions/items';
import { pagesOf } from '../database/connection/pages';
import type { ItemRow } from '../database/connection/rows';
import { versionsById } from '../database/versions/versions';
import { auditOnlyPhases, fullPhaseOf } from '../phases';
import { approveVersion } from '../services/approve-version';
import type { Caller, Committed } from '../services/commit';
import { createVersion } from '../services/create-version';
import { decideItems } from '../services/decide-items';
import { deleteVersion } from '../services/delete-version';
import { putItems } from '../services/put-items';
import { rejectVersion } from '../services/reject-version';
import { removeItems } from '../services/remove-items';
import { reviseVersion } from '../services/draft-from-version';
import { runCommand } from '../services/run-command';
import { signOff } from '../services/sign-off';
import { submitVersion } from '../services/submit-version';
import { updateVersion } from '../services/update-version';
import type { ItemReviewStatus, JsonObject, VersionHeader } from '../versioning/model';
import { demoCaller } from './caller';
import { versionIdOf } from './version-ids';

export interface DemoDecision {
  readonly status: ItemReviewStatus;
  readonly notes?: string;
}
/** Decisions on items, by label. */
export type DemoDecisions = Readonly<Record<string, DemoDecision>>;

interface Draft {
  readonly reason: string;
  readonly content?: object;
  readonly items?: readonly object[];
}

const at = ({ versionId, revision }: VersionHeader) => ({ versionId, expectedRevision: revision });

export class Stage {
  readonly #made = new Map<string, number>();

  constructor(
    private readonly db: Database,
    private readonly workflow: { readonly cycleId: string; readonly reportId: string },
    /** The offset of the workflow's version ids. */
    private readonly firstId = 0,
  ) {}

  async person(person: { readonly userId: number }): Promise<Person> {
    const caller = await demoCaller(this.db, person);
    const { cycleId, reportId } = this.workflow;
    return new Person({ ...caller, newVersionId: (phase) => this.nextVersionId(phase) }, { cycleId, reportId });
  }

  private nextVersionId(phase: string): string {
    const nth = (this.#made.get(phase) ?? 0) + 1;
    this.#made.set(phase, nth);
    return versionIdOf(phase, nth, this.firstId);
  }
}

export class Person {
  constructor(
    private readonly caller: Caller,
    private readonly workflow: { readonly cycleId: string; readonly reportId: string },
  ) {}

  create(phase: string, { reason, content, items }: Draft): Promise<VersionHeader> {
    const { version, item } = fullPhaseOf(phase);
    return this.after(
      createVersion(this.caller, {
        ...this.workflow,
        phase,
        reason,
        content: content && { [version.input]: content },
        items: items && { [item.input]: items },
      }),
    );
  }

  update(version: VersionHeader, content: object): Promise<VersionHeader> {
    const { input } = fullPhaseOf(version.phase).version;
    return this.after(updateVersion(this.caller, { ...at(version), content: { [input]: content } }));
  }

  /** Replaces items that have the same identity or the same label, and adds the others. */
  async put(version: VersionHeader, items: readonly object[], reason?: string): Promise<VersionHeader> {
    const { identity, label, input } = fullPhaseOf(version.phase).item;
    const there = identity ? [] : await this.itemsOf(version);
    const keyed = items.map((item) => {
      const same = typeof label === 'function' && there.find((row) => row.label === label(item as JsonObject))?.itemKey;
      return same ? { ...item, itemKey: same } : item;
    });
    const sent = { [input]: keyed };
    return this.after(
      putItems(this.caller, { ...at(version), reason, items: sent, replaceExisting: identity !== undefined }),
    );
  }

  async remove(version: VersionHeader, labels: readonly string[]): Promise<VersionHeader> {
    const items = await this.itemsOf(version);
    return this.after(
      removeItems(this.caller, { ...at(version), itemKeys: labels.map((label) => called(label, items).itemKey) }),
    );
  }

  submit(version: VersionHeader): Promise<VersionHeader> {
    return this.after(submitVersion(this.caller, at(version)));
  }

  /** Decides the named items. */
  async decide(version: VersionHeader, verdicts: DemoDecisions): Promise<VersionHeader> {
    const items = await this.itemsOf(version);
    const decisions = Object.entries(verdicts).map(([label, verdict]) => ({
      itemKey: called(label, items).itemKey,
      ...verdict,
    }));
    return this.after(decideItems(this.caller, { ...at(version), decisions }));
  }

  /** Decides the named items, and approves all others that are undecided. */
  async decideAll(version: VersionHeader, verdicts: DemoDecisions = {}): Promise<VersionHeader> {
    const undecided = (await this.itemsOf(version)).filter(({ reviewStatus }) => reviewStatus === 'PENDING');
    const approved = Object.fromEntries(undecided.map(({ label }) => [label, { status: 'APPROVED' as const }]));
    return this.decide(version, { ...approved, ...verdicts });
  }

  approve(version: VersionHeader, reason: string): Promise<VersionHeader> {
    return this.after(approveVersion(this.caller, { ...at(version), reason }));
  }

  sign(version: VersionHeader, role: string, said: { readonly meaning: string; readonly comments?: string }) {
    return this.after(signOff(this.caller, { ...at(version), ...said, role, status: 'SIGNED' }));
  }

  reject(version: VersionHeader, reason: string): Promise<VersionHeader> {
    return this.after(rejectVersion(this.caller, { ...at(version), reason }));
  }

  revise(version: VersionHeader, reason: string): Promise<VersionHeader> {
    return this.after(reviseVersion(this.caller, { ...at(version), reason }));
  }

  delete(version: VersionHeader, reason: string): Promise<VersionHeader> {
    return this.after(deleteVersion(this.caller, { ...at(version), reason }));
  }

  /** Starts a record of an audit-only phase, or creates the next version of the given one. */
  record(command: string, input: object, on?: VersionHeader): Promise<VersionHeader> {
    const phase = auditOnlyPhases.find(({ commands }) => command in commands)!;
    return this.after(runCommand(this.caller, phase, command, { ...(on ? at(on) : this.workflow), ...input }));
  }

  private async itemsOf({ phase, versionId }: VersionHeader): Promise<readonly ItemRow[]> {
    const all = { limit: 1000, cursor: null, backwards: false };
    return (await pagesOf<ItemRow>(this.caller.db, itemList(fullPhaseOf(phase)), [versionId], all)).get(versionId)!
      .rows;
  }

  private async after(step: Promise<Committed>): Promise<VersionHeader> {
    const [version] = await versionsById(this.caller.db, [(await step).versionId]);
    return version!;
  }
}

/** Throws for an unknown label: a mistake in the demo's text should stop the demo rather than shorten it. */
function called(label: string, items: readonly ItemRow[]): ItemRow {
  const item = items.find((row) => row.label === label);
  if (!item) throw new Error(`the demo speaks of "${label}", and no item is called that`);
  return item;
}
