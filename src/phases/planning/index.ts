import { enumeration, json, lineage, requiredJson, text } from '../../versioning/fields';
import type { JsonObject } from '../../versioning/model';
import { definePhase } from '../../versioning/phase';
import { attributeFields } from '../attribute-fields';

/** Phase 1: which attributes of the report are to be tested. The tester decides, as an explicit self-attestation. */
export const planning = definePhase({
  key: 'PLANNING',
  title: 'Planning',
  versioning: 'FULL',
  preparedBy: ['TESTER'],
  approvedBy: ['TESTER'],
  selfAttested: true,
  prerequisites: [],
  version: {
    type: 'PlanningVersion',
    table: 'planning_phase_versions',
    input: 'planning',
    inputType: 'PlanningContentInput',
    fields: {
      planningMetadata: json('Planning metadata', {
        description: 'Free-form facts about the plan: sources, assumptions, references.',
      }),
    },
  },
  item: {
    type: 'AttributeDecision',
    table: 'attribute_decisions',
    input: 'attributeDecisions',
    inputType: 'AttributeDecisionInput',
    identity: 'attributeId',
    label: ({ attributeId, attributeCode, attributeData }) => {
      const { name, attributeName, attribute_name } = attributeData as JsonObject;
      return [name, attributeName, attribute_name, attributeCode, attributeId].find(
        (text) => typeof text === 'string' && text !== '',
      ) as string;
    },
    // The item's own decision is the review status, since no second person reviews items.
    reviewed: { byField: 'decisionType', statuses: { INCLUDE: 'APPROVED', EXCLUDE: 'REJECTED', MODIFY: 'MODIFIED' } },
    atLeast: 1,
    fields: {
      ...attributeFields,
      attributeData: requiredJson('Attribute data', {
        description: 'What is known about the attribute: name, code, line item, description …',
      }),
      decisionType: enumeration('Decision', 'AttributeDecisionType', ['INCLUDE', 'EXCLUDE', 'MODIFY'], {
        description: 'Whether the attribute is tested; null while undecided.',
      }),
      decisionReason: text('Reason', { isLong: true }),
      decisionMetadata: json('Decision metadata'),
      modificationHistory: lineage('Modification history', {
        description: 'The earlier forms of this item along the versions it was carried through, oldest first.',
      }),
    },
  },
});
