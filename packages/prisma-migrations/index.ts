export { lockProblems } from './locks';
export { PATIENCE, runScript, type Patience } from './online';
export {
  createMigration,
  deployMigrations,
  migrationDrift,
  migrationStatus,
  type MigrationDrift,
  type MigrationStatus,
  type Project,
} from './migrations';
