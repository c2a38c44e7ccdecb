// The notation for a plan: what the form says about each attribute, and where the tester deviates from it.
import type { ReportAttribute } from './report-attributes';

/** Everything that the form says about an attribute, except the id, which is the item's identity. */
export type AttributeData = Omit<ReportAttribute, 'attributeId'>;

export interface AttributeDecisionContent {
  readonly attributeId: string;
  readonly attributeData: AttributeData;
  readonly decisionType: 'INCLUDE' | 'EXCLUDE' | 'MODIFY';
  readonly decisionReason: string;
  readonly decisionMetadata?: Record<string, unknown>;
}

/** The fields of a planning decision that differ from the default, which includes the attribute as the form describes it. */
export type Departure = Partial<Pick<AttributeDecisionContent, 'decisionType'>> & {
  readonly reason: string;
  /** Replaces the form's description. */
  readonly description?: string;
};

export const exclude = (reason: string): Departure => ({ decisionType: 'EXCLUDE', reason });
export const include = (reason: string): Departure => ({ decisionType: 'INCLUDE', reason });
export const modify = (reason: string, description: string): Departure => ({
  decisionType: 'MODIFY',
  reason,
  description,
});

export function planningDecision(attribute: ReportAttribute, departure?: Departure): AttributeDecisionContent {
  const { attributeId, ...attributeData } = attribute;
  const { decisionType = 'INCLUDE', reason = reasonToInclude(attribute), description } = departure ?? {};
  return {
    attributeId,
    attributeData: { ...attributeData, ...(description && { description }) },
    decisionType,
    decisionReason: reason,
    ...(description && {
      decisionMetadata: { modifiedFields: ['description'], formDescription: attribute.description },
    }),
  };
}

function reasonToInclude({ isPrimaryKey, cde, mandatory }: ReportAttribute): string {
  if (isPrimaryKey) return 'Identifies the record; without it nothing else can be tested.';
  if (cde) return 'Critical data element of the report.';
  return mandatory ? 'Mandatory on the form.' : 'Optional on the form; the bank fills it in.';
}

export interface PlanningText {
  readonly reason: string;
  readonly content: { readonly planningMetadata: Record<string, unknown> };
  readonly approvalNotes: string;
}
export interface PlanningDelta {
  readonly added: readonly AttributeDecisionContent[];
  /** By name. */
  readonly removed: readonly string[];
  readonly changed: readonly AttributeDecisionContent[];
}
