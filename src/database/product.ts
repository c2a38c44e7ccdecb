import type { Product } from '../../packages/embedded-postgres';

/** How the embedded PostgreSQL speaks of us. */
export const product: Product = {
  title: 'PhaseLedger',
  name: 'phaseledger',
  chooseFolder: 'set DATA_DIR to another folder',
  chooseServer: 'set DATABASE_URL and DATABASE_OWNER_URL to a PostgreSQL 15 or later',
};
