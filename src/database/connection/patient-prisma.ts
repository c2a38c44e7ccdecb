/**
 * Prisma's transactions with a time-out for COMMIT. Prisma sends COMMIT as an ordinary statement and waits for the answer without limit, so a
 * change of the register would hang while no synchronous standby confirms it.
 */
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { commitAnswered } from './sessions';

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;
type Transaction = Awaited<ReturnType<Adapter['startTransaction']>>;

function patient(transaction: Transaction, patienceMs: number): Transaction {
  const { client } = transaction as unknown as { readonly client: pg.PoolClient };
  const execute = transaction.executeRaw.bind(transaction);
  transaction.executeRaw = (query) =>
    query.sql === 'COMMIT' ? commitAnswered(client, patienceMs, execute(query)) : execute(query);
  return transaction;
}

export class PatientPrismaPg extends PrismaPg {
  /** @param patienceMs the time-out for the answer to COMMIT; 0 means none */
  constructor(
    database: pg.Pool | pg.PoolConfig,
    private readonly patienceMs: number,
  ) {
    super(database);
  }

  override async connect(): Promise<Adapter> {
    const adapter = await super.connect();
    const start = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolation) => patient(await start(isolation), this.patienceMs);
    return adapter;
  }
}
