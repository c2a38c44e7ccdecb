export {
  createMigration,
  deployMigrations,
  migrationDrift,
  migrationStatus,
  type MigrationDrift,
  type MigrationStatus,
  type Project,
} from './migrations';
