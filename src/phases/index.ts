/** The phases in workflow order. Everything that knows phases derives from this list. */
import { registryOf } from '../versioning/registry';
import { dataOwnerId } from './data-owner-id';
import { dataProfiling } from './data-profiling';
import { finalizeTestReport } from './finalize-test-report';
import { observationManagement } from './observation-management';
import { planning } from './planning';
import { requestInfo } from './request-info';
import { sampleSelection } from './sample-selection';
import { scoping } from './scoping';
import { testExecution } from './test-execution';

export const { phases, fullPhases, auditOnlyPhases, phaseOf, fullPhaseOf, itemOf, versionActions, ownershipPhase } =
  registryOf([
    planning,
    dataProfiling,
    scoping,
    sampleSelection,
    dataOwnerId,
    requestInfo,
    testExecution,
    observationManagement,
    finalizeTestReport,
  ]);
