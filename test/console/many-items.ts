/** A draft of 2,000 items in the demo, made through the API as any client would. */
import { workflow } from '../support/world';
import type { Console } from './browser';

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
export type Ask = (query: string, variables?: object) => Promise<any>;
export async function asking({ url }: Console, userId: number): Promise<Ask> {
  const post = async (path: string, body: object, headers = {}): Promise<any> => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return answer.json();
  };
  const { token } = await post('/console/sign-in', { userId });
  return async (query, variables = {}) => {
    const { data, errors } = await post('/graphql', { query, variables }, { authorization: `Bearer ${token}` });
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
}

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
