export { lockProblems } from './locks';
export { RETRY_POLICY as PATIENCE, runScript, type RetryPolicy as Patience } from './online';
export {
  createMigration,
  deployMigrations,
  migrationDrift,
  migrationStatus,
  type MigrationDrift,
  type MigrationStatus,
  type Project,
} from './migrations';
