import type { Product } from '../../../packages/embedded-postgres';

/** The product's names in messages of the embedded PostgreSQL. */
export const product: Product = {
  title: 'PhaseLedger',
  name: 'phaseledger',
  chooseFolder: 'set DATA_DIR to another folder',
  chooseServer: 'set DATABASE_URL and DATABASE_OWNER_URL to a PostgreSQL 15 or later',
};
