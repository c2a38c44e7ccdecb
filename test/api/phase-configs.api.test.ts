/** What phaseConfigs say of fields: enough for a form, a column chooser and a comparison, and nothing but what is so. */
import { getNamedType, isEnumType, type GraphQLInputObjectType, type GraphQLObjectType } from 'graphql';
import { phases } from '../../src/phases';
import { schema } from '../access/selection';
import { ada, World } from '../support/world';

let world: World;
let configs: any[];
const field =
  'name title description kind constants { value title } suggestions isContent isRequired inputName editableBy';
beforeAll(async () => {
  world = await World.create();
  const query = `{ phaseConfigs { phase versioningType versionTypeName itemTypeName fields { ${field} } itemFields { ${field} }
    commands { name action needsReason by fields { ${field} } } } }`;
  configs = (await world.get(ada, query)).phaseConfigs;
});
afterAll(() => world.destroy());

const fieldsOf = (type: string) => (schema.getType(type) as GraphQLObjectType).getFields();

test('every field is one of the type that it is said of, with its constants', () => {
  let seen = 0;
  for (const { versionTypeName, itemTypeName, fields, itemFields } of configs)
    for (const [type, all] of [
      [versionTypeName, fields],
      [itemTypeName, itemFields],
    ] as const)
      for (const { name, constants, kind } of all) {
        const type_ = getNamedType(fieldsOf(type)[name]!.type);
        const values = isEnumType(type_) ? type_.getValues().map(({ value }) => value as string) : [];
        expect([name, constants.map(({ value }: any) => value).sort()]).toEqual([name, [...values].sort()]);
        expect([name, kind === 'ENUMERATION']).toEqual([name, values.length > 0]);
        seen++;
      }
  expect(seen).toBeGreaterThan(80);
});

test('what can be given is what the inputs take, and is required where they demand it', () => {
  const inputs = phases.flatMap((phase) =>
    phase.versioning === 'FULL'
      ? [
          [phase.key, 'fields', phase.version.inputType, false],
          [phase.key, 'itemFields', phase.item.inputType, true],
        ]
      : [],
  ) as [string, 'fields' | 'itemFields', string, boolean][];
  for (const [key, list, inputType, demands] of inputs) {
    const members = (schema.getType(inputType) as GraphQLInputObjectType).getFields();
    const given = configs.find(({ phase }) => phase === key)[list].filter(({ inputName }: any) => inputName !== null);
    expect(given.map(({ inputName }: any) => inputName).sort()).toEqual(
      Object.keys(members)
        .filter((name) => name !== 'itemKey')
        .sort(),
    );
    if (demands)
      for (const { inputName, isRequired } of given)
        expect([inputName, isRequired]).toEqual([inputName, String(members[inputName]!.type).endsWith('!')]);
  }
});

test('records are changed by mutations that there are, with what their inputs take', () => {
  const mutations = schema.getMutationType()!.getFields();
  const commands = configs.flatMap(({ commands }) => commands);
  expect(commands.length).toBe(8);
  for (const { name, fields, by } of commands) {
    const input = getNamedType(mutations[name]!.args[0]!.type) as GraphQLInputObjectType;
    for (const { inputName } of fields) expect(Object.keys(input.getFields())).toContain(inputName);
    expect(by.length).toBeGreaterThan(0);
  }
});

test('a field is said as people need it', () => {
  const scoping = configs.find(({ phase }) => phase === 'SCOPING');
  const byName = Object.fromEntries(scoping.itemFields.map((entry: any) => [entry.name, entry]));
  expect(byName).toMatchObject({
    scopingRationale: { kind: 'LONG_TEXT', isContent: true, editableBy: ['TESTER'], title: 'Rationale' },
    riskRating: { kind: 'TEXT', suggestions: ['HIGH', 'MEDIUM', 'LOW'], constants: [] },
    isInScope: { kind: 'FLAG', isRequired: true },
    recommendationType: { constants: expect.arrayContaining([{ value: 'CARRYFORWARD', title: 'Carryforward' }]) },
    recommendedBy: { kind: 'USER', isContent: false, inputName: null, editableBy: [] },
    approvedBy: { kind: 'USER', isContent: false },
  });
  const samples = configs.find(({ phase }) => phase === 'SAMPLE_SELECTION');
  const source = samples.itemFields.find(({ name }: any) => name === 'recommendationSource');
  expect(source.constants.map(({ title }: any) => title)).toEqual(['Tester', 'LLM', 'Manual', 'Carried forward']);
  const report = configs.find(({ phase }) => phase === 'FINALIZE_TEST_REPORT');
  const restricted = report.fields.find(({ name }: any) => name === 'requiresExecutiveApproval');
  expect(restricted).toMatchObject({ kind: 'FLAG', editableBy: ['TEST_EXECUTIVE'] });
});
