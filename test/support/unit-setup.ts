import { makeRunFolder } from './temporary';

/** Runs once before unit tests, which take no PostgreSQL. */
export default function unitSetup(): void {
  makeRunFolder('phaseledger-unit-test-');
}
