/** What a person types to say which one it is: compared as people see it, and never nothing. */
import { buildVersion, type BuiltVersion } from '../support/builders';
import { ada, World } from '../support/world';

let world: World;
let draft: BuiltVersion;
beforeAll(async () => {
  world = await World.create();
  draft = await buildVersion(world, { phase: 'SAMPLE_SELECTION', items: 0 });
});
afterAll(() => world.destroy());

const put = async (...samples: { sampleIdentifier: string; itemKey?: string }[]) => {
  const { data, errors } = await world.ask(
    ada,
    `mutation ($input: PutItemsInput!) { putItems(input: $input) { version { revision items { nodes { itemKey label content } } } } }`,
    {
      input: {
        versionId: draft.versionId,
        expectedRevision: draft.revision,
        items: { samples: samples.map((sample) => ({ sampleData: { n: 1 }, ...sample })) },
      },
    },
  );
  if (errors) return errors[0]!;
  draft = { ...draft, revision: data.putItems.version.revision };
  return data.putItems.version.items.nodes as { itemKey: string; label: string; content: Record<string, unknown> }[];
};
const refusal = (message: RegExp) => ({
  message: expect.stringMatching(message),
  extensions: { code: 'BAD_USER_INPUT' },
});

test('a sample is kept in normal form and trimmed, and is one, however it is typed', async () => {
  const items = await put({ sampleIdentifier: ' Zu\u0308rich-1\u00a0' });
  expect(items).toMatchObject([{ label: 'Z\u00fcrich-1', content: { sampleIdentifier: 'Z\u00fcrich-1' } }]);
  const { itemKey } = (items as { itemKey: string }[])[0]!;
  for (const sampleIdentifier of ['Z\u00fcrich-1', 'Zu\u0308rich-1 ', '\u200bZ\u00fcrich-1', 'Z\u00fc\u00adrich-1'])
    expect(await put({ sampleIdentifier })).toMatchObject(refusal(/is in this version already/));
  expect(await put({ sampleIdentifier: 'S-2' }, { sampleIdentifier: 'S-2 ' })).toMatchObject(refusal(/appears twice/));
  // Whoever names the item may type it as they like.
  expect(await put({ sampleIdentifier: 'Zu\u0308rich-1', itemKey })).toMatchObject([
    { itemKey, label: 'Z\u00fcrich-1' },
  ]);
  expect(await put({ sampleIdentifier: 'z\u00fcrich-1' })).toHaveLength(2); // another letter is another sample
});

test.each(['', ' ', '\u00a0', '\u200b', '\u2060\ufeff', '\u3164', '\u2800', '\u0007'])(
  'a sample that is called %j is refused',
  async (sampleIdentifier) => {
    expect(await put({ sampleIdentifier })).toMatchObject(refusal(/must not be blank/));
  },
);
