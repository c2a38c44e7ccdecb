import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  buildSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  parse,
  validate,
  type GraphQLObjectType,
} from 'graphql';
import { examples } from '../../playground/src/examples';
import { makeSchema, printedSchema } from '../../src/graphql/schema';
import { fullPhases, phases } from '../../src/phases';
import { aud, World } from '../support/world';

const schema = makeSchema();
const types = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);
const committed = () => readFileSync(path.join(__dirname, '../../schema.graphql'), 'utf8');

test('schema.graphql is what the code emits', () => {
  expect(committed()).toBe(printedSchema(schema));
});

test('edges hold nodes, but for those that hold values', () => {
  const holdingValues = types
    .filter(isObjectType)
    .filter(({ name }) => name.endsWith('Edge'))
    .filter((edge) => {
      const held = getNamedType(edge.getFields().node!.type);
      return (
        !(isObjectType(held) || isInterfaceType(held)) || !held.getInterfaces().some(({ name }) => name === 'Node')
      );
    });
  expect(holdingValues.map(({ name }) => name).sort()).toEqual(['ItemChangeEdge', 'SearchResultEdge', 'WorkEntryEdge']);
});

/** Connections that are chosen among otherwise than by `filter` and `orderBy`, and why. */
const otherwiseChosen: Readonly<Record<string, string>> = {
  'Query.search': 'the words are the filter, with `types` and `phases`, and what fits them best comes first',
  'Query.reviewQueue': 'is `myWork` with a filter, kept for those who ask for it by its name',
};

test('every list has pages, a total, a filter and an order, but for those that have a reason', () => {
  const lacking: string[] = [];
  const connections = types
    .filter((type) => isObjectType(type) || isInterfaceType(type))
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, field })))
    .filter(({ field }) => getNamedType(field.type).name.endsWith('Connection'));
  expect(connections.length).toBeGreaterThanOrEqual(40);
  for (const { name, field } of connections) {
    const args = field.args.map((arg) => arg.name);
    const demanded = ['first', 'after', 'last', 'before', ...(otherwiseChosen[name] ? [] : ['filter', 'orderBy'])];
    lacking.push(...demanded.filter((arg) => !args.includes(arg)).map((arg) => `${name} takes no ${arg}`));
    const type = getNamedType(field.type);
    if (!isObjectType(type) || !type.getFields().totalCount) lacking.push(`${name} has no total`);
  }
  expect(lacking).toEqual([]);
  const names = new Set(connections.map(({ name }) => name));
  expect(Object.keys(otherwiseChosen).filter((name) => !names.has(name))).toEqual([]);
});

/** What has nothing in common but an id is asked for together under aliases, where a name means different things. */
const takingAlias = ['asOf', 'decidedBy', 'operation', 'status', 'versionId'];

test('types of one interface never have a field of the same name and another type: fragments on them can always be merged', () => {
  const interfaces = types.filter(isInterfaceType);
  expect(interfaces.length).toBeGreaterThanOrEqual(3);
  const differing = new Set<string>();
  const clashes: string[] = [];
  for (const abstract of interfaces) {
    const seen = new Map<string, [GraphQLObjectType, string]>();
    for (const type of schema.getPossibleTypes(abstract))
      for (const field of Object.values(type.getFields())) {
        const earlier = seen.get(field.name);
        if (!earlier) seen.set(field.name, [type, String(field.type)]);
        else if (earlier[1] !== String(field.type) && abstract.name === 'Node') differing.add(field.name);
        else if (earlier[1] !== String(field.type))
          clashes.push(
            `${abstract.name}: ${earlier[0].name}.${field.name} is ${earlier[1]}, ${type.name}.${field.name} is ${String(field.type)}`,
          );
      }
  }
  expect(clashes).toEqual([]);
  expect([...differing].sort()).toEqual(takingAlias);
});

test('every type, field, argument and input field has a description', () => {
  const undescribed: string[] = [];
  const check = (where: string, described: { description?: string | null }) => {
    if (!described.description?.trim()) undescribed.push(where);
  };
  for (const type of types) {
    if (!['Query', 'Mutation', 'Subscription'].includes(type.name)) check(type.name, type);
    if (isObjectType(type) || isInterfaceType(type))
      for (const field of Object.values(type.getFields())) {
        check(`${type.name}.${field.name}`, field);
        for (const arg of field.args) check(`${type.name}.${field.name}(${arg.name})`, arg);
      }
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) check(`${type.name}.${field.name}`, field);
  }
  expect(undescribed).toEqual([]);
});

test('descriptions are sentences', () => {
  const unfinished: string[] = [];
  for (const type of types) {
    const all = [[type.name, type.description] as const];
    if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type))
      for (const field of Object.values(type.getFields())) all.push([`${type.name}.${field.name}`, field.description]);
    for (const [where, description] of all)
      if (description && !/[.!?]$/.test(description)) unfinished.push(`${where}: ${description}`);
  }
  expect(unfinished.filter((text) => !/^(Query|Mutation)/.test(text))).toEqual([]);
});

test('inputs that take exactly one member say so, in print and to the server', () => {
  for (const name of ['PhaseContentInput', 'PhaseItemsInput']) {
    const type = schema.getType(name);
    if (!isInputObjectType(type)) throw new Error(`${name} is not an input`);
    expect(type.isOneOf).toBe(true);
    expect(Object.keys(type.getFields())).toHaveLength(fullPhases.length);
    expect(committed()).toMatch(new RegExp(`^input ${name} @oneOf \\{$`, 'm'));
  }
  const printed = buildSchema(committed());
  const oneOfs = Object.values(printed.getTypeMap()).filter((type) => isInputObjectType(type) && type.isOneOf);
  expect(oneOfs.map(({ name }) => name).sort()).toEqual([
    'PhaseContentInput',
    'PhaseItemChangesInput',
    'PhaseItemsInput',
  ]);
});

test('every phase is in the enumeration, with a version type of its own, and an item type where versions have items', () => {
  const phase = schema.getType('Phase');
  if (!isEnumType(phase)) throw new Error('Phase is no enumeration');
  expect(phase.getValues().map(({ name }) => name)).toEqual(phases.map(({ key }) => key));
  const types = [
    ...phases.map(({ version }) => [version.type, 'PhaseVersion'] as const),
    ...fullPhases.map(({ item }) => [item.type, 'VersionItem'] as const),
  ];
  for (const [name, implemented] of types) {
    const type = schema.getType(name);
    if (!isObjectType(type)) throw new Error(`${name} is not a type`);
    expect(type.getInterfaces().map((abstract) => abstract.name)).toEqual(
      expect.arrayContaining(['Node', implemented]),
    );
  }
});

test('scalars of our own say where they are specified or what they hold', () => {
  const own = types.filter(isScalarType).map(({ name }) => name);
  expect(own.sort()).toEqual(['Date', 'DateTime', 'JSON', 'JSONObject', 'UUID']);
});

test.each(examples.map((example) => [example.title, example] as const))(
  'the playground’s example “%s” is a valid operation with variables that fit',
  (_, example) => {
    expect(validate(schema, parse(example.query)).map(({ message }) => message)).toEqual([]);
    const variables = JSON.parse(example.variables || '{}') as object;
    const declared = parse(example.query).definitions.flatMap((definition) =>
      definition.kind === 'OperationDefinition'
        ? (definition.variableDefinitions ?? []).map(({ variable }) => variable.name.value)
        : [],
    );
    expect(declared).toEqual(expect.arrayContaining(Object.keys(variables)));
  },
);

test('introspection over HTTP gives the same schema', async () => {
  const world = await World.create();
  try {
    const { __schema } = await world.get(aud, '{ __schema { types { name isOneOf } } }');
    const names = __schema.types.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(types.map(({ name }) => name)));
    expect(__schema.types.filter(({ isOneOf }: { isOneOf: boolean }) => isOneOf)).toHaveLength(3);
  } finally {
    await world.destroy();
  }
});
