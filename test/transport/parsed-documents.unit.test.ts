/** What a server remembers of operations stays small, whatever texts it is sent. */
import { parse } from 'graphql';
import type { Database } from '../../src/database/connection/database';
import { parsedDocuments } from '../../src/transport/operations/parsed-documents';
import { ReadPlans, type KnownOperation } from '../../src/transport/operations/plans';

const asked = '{ asked { again } }';
/** As of clients that write values into their operations. */
const different = Array.from({ length: 5_000 }, (_, n) => `{ n(id: ${n}) { name } }`);

test('of operations that are all different a thousand are remembered, and that which is asked again among them', () => {
  const plans = new ReadPlans({} as Database);
  const known = {} as KnownOperation;
  plans.noteAnswer(asked, null, known);
  for (const text of different) {
    plans.noteAnswer(text, null, known);
    expect(plans.known(asked, null)).toBe(known);
  }
  expect(different.filter((text) => plans.identifies(text))).toEqual(different.slice(-1_023));
});

test('of documents as many, and fewer where they are long', async () => {
  const documents = parsedDocuments();
  for (const text of different) await documents.set(text, parse(text));
  expect(documents.keys()).toHaveLength(1_024);
  await documents.set('long', parse(`{ ${'x '.repeat(200_000)}}`));
  expect(documents.keys().length).toBeLessThan(700);
});
