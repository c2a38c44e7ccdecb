/**
 * Who may read and do what: every field of the schema stands here once, under the rule that holds for it. A field without an
 * entry fails a test, and so does an entry without a field; the rules are held against a running server, field by field and
 * person by person. docs/access.md shows the same to people.
 *
 * The fields of an interface hold for all types that have it.
 */
import type { Person } from './places';

type Fields = Readonly<Record<string, string>>;

export interface ReadingRule {
  readonly who: string;
  /** Who is answered; everybody else gets null, nothing in a list, or a refusal that does not tell whether there is anything. */
  readonly may: (person: Person) => boolean;
  /** What is answered to whoever may: the same to everybody, to each what is theirs, or the same without what is deleted. */
  readonly answers: 'ALIKE' | 'EACH_THEIR_OWN' | 'WITHOUT_DELETED';
  /** Names of fields, by type. */
  readonly fields: Fields;
}

const page = 'edges nodes pageInfo totalCount';
const edge = 'cursor node';

export const reading: readonly ReadingRule[] = [
  {
    who: 'Everybody who is signed in',
    may: ({ isSignedIn }) => isSignedIn,
    answers: 'ALIKE',
    fields: {
      Query: 'phaseConfigs auditCoverage users lobs cycles reports user lob cycle report',
      Node: 'id',
      User: 'userId name roles isActive revision',
      Lob: 'lobId name revision',
      Cycle: 'cycleId name startDate endDate cycleStatus revision',
      Report: 'reportId name number lob owner revision',
      PhaseConfig:
        'phase title order versioningType approvalRequired creatorRoles approverRoles prerequisites versionTypeName itemTypeName fields itemFields commands',
      FieldConfig: 'name title description kind constants suggestions isContent isRequired inputName editableBy',
      FieldConstant: 'value title',
      CommandConfig: 'name description action needsReason by fields',
      AuditCoverage: 'complete tables recordsSchemaChanges',
      TableCoverage: 'table captured problem',
      PhaseVersionConnection: page, // the review queue, which may be empty
      UserConnection: page,
      UserEdge: edge,
      LobConnection: page,
      LobEdge: edge,
      CycleConnection: page,
      CycleEdge: edge,
      ReportConnection: page,
      ReportEdge: edge,
    },
  },
  {
    who: 'Everybody who is signed in, about what they may see',
    may: ({ isSignedIn }) => isSignedIn,
    answers: 'EACH_THEIR_OWN',
    fields: {
      Query:
        'viewer workflows metrics metricsTimeline bottlenecks actorActivity figures nodes reviewQueue versions myWork search notificationRules',
      NotificationRule:
        'ruleId channel address zone hour weekday asks waitingDays dueDays quietFrom quietUntil status nextAt sentAt failingSince lastFailure suspendedAt',
      SearchResultConnection: page,
      SearchResultEdge: edge,
      SearchResult: 'type phase title workflow node',
      WorkflowConnection: page,
      FigureTable: 'horizon groups',
      FigureGroup:
        'cycle report lob phase handedInBy versions approved rejected decided waiting firstTimeRight revised reassigned selfAttested signaturesOutdated answered rejectionRate firstTimeRightRate versionsPerApproval submissionToDecision creationToDecision waitingTime turnaround decidedLately decisionsPerWeek ages carryForwardRate waitsOn',
      HoursSpread: 'count mean median p90',
      AgeBand: 'since until atLeastDays waiting',
      FiguresHorizon: 'at workflows commits lately',
      MetricsBucket: 'start versionsCreated approvals rejections averageApprovalHours',
      WorkEntryConnection: page,
      VersioningMetricConnection: page,
      PageInfo: 'hasNextPage hasPreviousPage startCursor endCursor',
    },
  },
  {
    who: 'Whoever sees the workflow',
    may: ({ sees }) => sees,
    answers: 'ALIKE',
    fields: {
      Query: 'workflow dataOwners verifyChangeLog phaseVersion node',
      Workflow:
        'workflowId revision basis cycle report testers testLead reportOwner testExecutive phases workflowPhase asOf changes changesAround changeSet lastChange counts',
      LastChange: 'sequence committedAt',
      WorkflowCounts: 'versions inForce drafts waiting',
      ChangesAround: 'before at after',
      WorkflowEdge: edge,
      WorkflowPhase: 'phase config progress blockedBy current records metrics',
      PhaseMetrics:
        'versionCount approvedCount rejectedCount rejectionRate averageApprovalHours p90ApprovalHours carryForwardRate averageTurnaroundHours reassignmentCount revisionCount',
      VersioningMetric: 'phase metricType metricValue metricMetadata calculatedAt periodStart periodEnd cycle report',
      Bottleneck: 'phase waitingVersions oldestWaitingHours averageApprovalHours',
      ActorActivity: 'user versionsCreated submissions approvals rejections',
      WaitsOn: 'user versions',
      VersioningMetricEdge: edge,
      ChainVerification:
        'valid changeSetsChecked headHash firstBrokenSequence problem checkpointSequence checkpointNotedAt archivedSequence archivedIn',
      PhaseVersion:
        'versionId masterRecordId workflow workflowPhase editors versionNumber phase versioningType status approvalRequired approvalStatus approvalNotes cycle report createdAt createdBy submittedAt submittedBy reviewedAt reviewedBy effectiveFrom effectiveTo revision contentHash isDeleted deletedAt deletedBy base content items itemFacets current turn asOf changes blame basis imported',
      PhaseVersionEdge: edge,
      Turn: 'ask people since reason',
      ImportedFrom: 'sourceTable sourceKey importId importedAt occurredAt findings',
      ImportFinding: 'code message column',
      PlanningVersion: 'planningMetadata',
      DataProfilingVersion: 'profilingParameters sourceDataReference',
      ScopingVersion: 'scopingCriteria scopedAttributes totalAttributes',
      SampleSelectionVersion: 'selectionCriteria generationMethods targetSampleSize actualSampleSize',
      DataOwnerAssignment:
        'dataOwner lob assignmentType assignmentStatus validFrom validTo previousAssignment changeReason changeMetadata changeHistory',
      DataOwnerChange: 'historyId changeType changedBy changedAt previousState newState changeMetadata',
      DocumentSubmission:
        'documentId documentVersion documentMetadata submissionType submissionStatus reviewNotes replacesSubmission isCurrent revisionType revisionReason revisionHistory',
      DocumentRevision: 'historyId revisionType revisionReason changedFields revisedBy revisedAt',
      TestExecutionAudit:
        'testExecutionId actionType actionDetails requestedBy requestedAt requestReason addressee respondedBy respondedAt responseStatus responseNotes impactOnTimeline turnaroundTimeHours',
      ObservationVersion: 'observationPeriod totalObservations',
      TestReportVersion:
        'reportTitle reportPeriodStart reportPeriodEnd executiveSummary includedSections reportTemplateId generatedAt generationMethod draftDocumentId finalDocumentId requiresExecutiveApproval executiveApprovedBy executiveApprovalDate signOffs',
      TestReportSignOff:
        'signOffRole signOffStatus signOffUser signOffDate signOffComments delegatedFrom delegatedFromName delegationReason meaning signerName signedContentHash countsForApproval notCountedBecause',
      VersionItem: 'itemId itemKey label contentHash content reviewStatus mergedFromVersion',
      ItemFacet: 'field',
      ItemFacetValue: 'value count',
      VersionItemConnection: page,
      VersionItemEdge: edge,
      AttributeDecision: 'attributeId attributeCode attributeData decisionType decisionReason decisionMetadata',
      ProfilingRuleDecision: 'ruleType ruleDefinition recommendedBy recommendationReason ruleApprovalStatus',
      ScopingDecision:
        'attributeId attributeCode attribute isInScope riskRating scopingRationale recommendedBy recommendationType scopingApprovalStatus',
      SampleDecision:
        'sampleIdentifier sampleData sampleType recommendedBy recommendationTimestamp recommendationSource recommendationMetadata modificationReason decisionStatus',
      ObservationDecision:
        'observationType severity observationData evidenceReferences createdBy creationTimestamp observationApprovalStatus remediationStatus remediationDeadline',
      TestReportSection:
        'sectionType sectionTitle sectionContent sectionOrder contentSource sourceReferences sectionReviewStatus',
      ItemDecision: 'status notes decidedAt decidedBy decidedInVersion countsForApproval notCountedBecause',
      ItemBlame: 'itemKey label fields',
      FieldBlame: 'path value',
      VersionDiff: 'from to summary fields items patch',
      DiffSummary: 'added removed changed unchanged fieldsChanged',
      FieldChange: 'path kind before after textDiff isCoarse',
      ItemChange: 'itemKey label kind before after fields',
      ItemChangeConnection: page,
      ItemChangeEdge: edge,
      ChangeSet: 'sequence committedAt actor operator origin operation requestId occurredAt previousHash hash workflow',
      ChangeSetConnection: page,
      ChangeSetEdge: edge,
      RowChange: 'table rowId operation versionId',
      RowChangeConnection: page,
      RowChangeEdge: edge,
    },
  },
  {
    who: 'Whoever sees the workflow; of deleted versions and what is theirs, whoever sees those',
    may: ({ sees }) => sees,
    answers: 'WITHOUT_DELETED',
    fields: {
      WorkflowPhase: 'history',
      PhaseVersion: 'parent history diff',
      ItemFacet: 'distinctCount values',
      VersionItem: 'carriedFromItem carriedFromVersion decision',
      AttributeDecision: 'modificationHistory',
      ProfilingRuleDecision: 'approvedBy approvalNotes',
      ScopingDecision: 'approvedBy',
      SampleDecision: 'decidedBy decisionTimestamp decisionNotes',
      ObservationDecision: 'approvedBy approvalTimestamp',
      TestReportSection: 'reviewedBy reviewNotes',
      FieldBlame: 'setInVersion setBy setAt',
      ChangeSet: 'reason versions rowChanges',
      RowChange: 'before after changedFields',
    },
  },
  {
    who: 'Whoever sees the workflow, for themselves',
    may: ({ sees }) => sees,
    answers: 'EACH_THEIR_OWN',
    fields: {
      ChainVerification: 'checkedAt', // whoever asks later is told so
      WorkflowPhase: 'canCreate cannotCreateReason',
      PhaseVersion: 'availableActions approvalRequirements changesSinceMyReview',
      ApprovalRequirement: 'code status explanation satisfiableBy',
    },
  },
  {
    who: 'Whoever is asked for something in the workflow, for themselves',
    may: ({ actsAs }) => ['TESTER', 'DATA_OWNER'].some((role) => actsAs.includes(role)), // by what waits in the places of this test
    answers: 'EACH_THEIR_OWN',
    fields: {
      WorkEntry: 'ask since reason actions version workflow workflowPhase',
      WorkEntryEdge: edge,
    },
  },
  {
    who: 'Administrators and auditors',
    may: ({ seesReferenceLog }) => seesReferenceLog,
    answers: 'ALIKE',
    fields: { Query: 'referenceChanges verifyReferenceLog' },
  },
  {
    who: 'Administrators and auditors, as it grows with every answer',
    may: ({ seesReferenceLog }) => seesReferenceLog,
    answers: 'EACH_THEIR_OWN',
    fields: {
      Query: 'changeLogReads webhooks packs',
      AuditorPack:
        'packId workflow asOf requestedBy requestedAt status stepsDone steps failure finishedAt keptUntil bytes sha256 path',
      Webhook:
        'webhookId name url operations format status secretId deliveredAt failingSince lastFailure suspendedAt waiting revision deadLetters',
      DeadLetter: 'streamId sequence changeSetId attempts lastFailure givenUpAt',
      ChangeLogRead: 'reader readAt workflow field requestId origin',
      ChangeLogReadConnection: page,
      ChangeLogReadEdge: edge,
    },
  },
];

/** How a query field answers those who may not read what it is asked for. */
export const hiddenAs: Readonly<Record<string, string>> = {
  workflow: 'null',
  phaseVersion: 'null',
  node: 'null',
  dataOwners: 'NOT_FOUND',
  verifyChangeLog: 'NOT_FOUND',
  referenceChanges: 'FORBIDDEN',
  verifyReferenceLog: 'FORBIDDEN',
  changeLogReads: 'FORBIDDEN',
  webhooks: 'FORBIDDEN',
  packs: 'FORBIDDEN',
};

export interface DoingRule {
  readonly who: string;
  /** One of these, in the workflow; the one who gives, or may delegate, the signature that is meant; or one to whom nothing is hidden. */
  readonly as: readonly string[] | 'SIGNER' | 'PRINCIPAL' | 'ADMINISTRATOR' | 'KEEPER' | 'EVERYBODY';
  readonly mutations: string;
  /** Where it is so; everywhere if left out. */
  readonly phases?: readonly string[];
}

/** Administrators and auditors do nothing of what is done in workflows, whatever else they are; they take it away. */
export const doing: readonly DoingRule[] = [
  {
    who: 'Testers of the workflow',
    as: ['TESTER'],
    mutations:
      'createVersion putItems removeItems submitVersion withdrawVersion reviseVersion restoreVersion rebaseVersion deleteVersion undeleteVersion updateVersion reviewDocument',
  },
  {
    who: 'Testers of the workflow, who attest their plan themselves',
    as: ['TESTER'],
    mutations: 'decideItems approveVersion rejectVersion',
    phases: ['PLANNING'],
  },
  {
    who: 'The report owner',
    as: ['REPORT_OWNER'],
    mutations: 'decideItems approveVersion rejectVersion',
    phases: ['DATA_PROFILING', 'SCOPING', 'SAMPLE_SELECTION', 'OBSERVATION_MANAGEMENT'],
  },
  {
    who: 'The test executive',
    as: ['TEST_EXECUTIVE'],
    mutations: 'decideItems approveVersion rejectVersion',
    phases: ['FINALIZE_TEST_REPORT'],
  },
  {
    who: 'Whose signature it is, as long as they have not delegated it, or else their delegate',
    as: 'SIGNER',
    mutations: 'signOff',
    phases: ['FINALIZE_TEST_REPORT'],
  },
  {
    who: 'Whose signature it is',
    as: 'PRINCIPAL',
    mutations: 'delegateSignOff',
    phases: ['FINALIZE_TEST_REPORT'],
  },
  {
    who: 'Testers of the workflow and data executives',
    as: ['TESTER', 'DATA_EXECUTIVE'],
    mutations: 'assignDataOwner transferDataOwner deactivateDataOwner',
  },
  {
    who: 'Testers and data owners of the workflow',
    as: ['TESTER', 'DATA_OWNER'],
    mutations: 'submitDocument reviseDocument requestTestAction respondToTestAction',
  },
  {
    who: 'Whoever sees the workflow',
    as: ['TESTER', 'DATA_OWNER', 'REPORT_OWNER', 'TEST_EXECUTIVE', 'DATA_EXECUTIVE', 'DELEGATE'],
    mutations: 'refreshMetrics',
  },
  {
    who: 'Administrators; their own roles, and whether they may sign in, another of them changes',
    as: 'ADMINISTRATOR',
    mutations:
      'createUser updateUser createLob updateLob createCycle updateCycle createReport updateReport createWorkflow updateWorkflow createWebhook updateWebhook rotateWebhookSecret replayWebhook',
  },
  {
    who: 'Everybody who is signed in, for themselves',
    as: 'EVERYBODY',
    mutations: 'setNotificationRule removeNotificationRule',
  },
  {
    who: 'Administrators and auditors',
    as: 'KEEPER',
    mutations: 'requestPack',
  },
];

/** What may be followed: by whoever sees the workflow, and what waits for oneself; it is judged anew at every commit (test/api/live*). */
export const following: Fields = {
  Subscription: 'workflowChanged versionChanged versionPresence myWorkChanged',
  Presence: 'user activity since',
};

/** What only a mutation answers with: for whoever may do it. */
export const answersOfMutations: Fields = {
  VersionPayload: 'version changeSet',
  RebasePayload: 'version conflicts incoming changeSet',
  UserPayload: 'user changeSet stillNamed',
  StillNamed: 'position place placeId',
  LobPayload: 'lob changeSet',
  CyclePayload: 'cycle changeSet',
  ReportPayload: 'report changeSet',
  WorkflowPayload: 'workflow changeSet',
  WebhookPayload: 'webhook secret changeSet',
  PackPayload: 'pack changeSet',
  NotificationRulesPayload: 'notificationRules',
  MergeConflict: 'itemKey label path base ours theirs',
};

export const namesOf = (fields: Fields): string[] =>
  Object.entries(fields).flatMap(([type, names]) => names.split(' ').map((name) => `${type}.${name}`));
