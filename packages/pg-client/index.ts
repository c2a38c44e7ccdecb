import pg from 'pg';

/** Runs a function with a dedicated connection. */
export async function withClient<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {}); // the statement running on a lost connection fails too
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
