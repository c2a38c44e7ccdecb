import { defineConfig } from 'prisma/config';

// For Prisma's own command line, where its engines can be downloaded; this product migrates with `npm run migrate`.
export default defineConfig({
  schema: 'prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_OWNER_URL ?? '' },
});
