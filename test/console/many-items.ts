/** A draft of 2,000 items in the demo, made through the API as any client would. */
import { workflow } from '../support/world';
import type { api } from './browser';

export const MANY = 2000;
const titles = ['DATA_QUALITY', 'CONTROL_GAP', 'DOCUMENTATION'];
const severities = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];
const states = ['OPEN', 'IN_PROGRESS', 'Straße'];

const observation = (index: number) => ({
  observationType: titles[index % 3],
  severity: severities[index % 4],
  observationData: { title: `Observation ${index + 1}`, detail: `Account ${(index * 7919) % 100_003} differs.` },
  remediationStatus: index % 5 === 0 ? null : states[index % 3],
  remediationDeadline: index % 7 === 0 ? null : `2026-12-${String((index % 28) + 1).padStart(2, '0')}`,
});

/** What somebody of the demo asks the API. */
export type Ask = ReturnType<typeof api>;

/** The id of a new draft. */
export async function draftOfMany(ask: Ask, count = MANY): Promise<string> {
  const { cycleId, reportId } = workflow;
  const observations = Array.from({ length: count }, (_, index) => observation(index));
  const input = { cycleId, reportId, phase: 'OBSERVATION_MANAGEMENT', carryForward: 'NONE', items: { observations } };
  const answer = await ask(
    'mutation ($input: CreateVersionInput!) { createVersion(input: $input) { version { versionId } } }',
    { input },
  );
  return answer.createVersion.version.versionId;
}
