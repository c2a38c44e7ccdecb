import { readFileSync } from 'node:fs';
import { validate } from '@readme/openapi-parser';
import { DESCRIPTION, openApi } from '../../../src/legacy/rest/openapi';
import { routes } from '../../../src/legacy/rest/routes';
import { makeSchema } from '../../../src/graphql/schema';
import { phases } from '../../../src/phases';
import { World, ada } from '../../support/world';
import { rest } from './client';
import { describeFacade, printed } from './describe';

type Described = any;

let world: World;
let description: Described;
beforeAll(async () => {
  world = await World.create();
  description = (await rest(world, ada, 'GET', '/v1/openapi.json')).body;
});
afterAll(() => world.destroy());

test('the description is what the routes, their documents and the schema make (npm run emit-openapi)', () => {
  expect(readFileSync(DESCRIPTION, 'utf8')).toBe(printed(describeFacade(makeSchema())));
});

test('the description is valid OpenAPI 3.1', async () => {
  expect(description.openapi).toBe('3.1.0');
  expect(await validate(structuredClone(description))).toEqual({ valid: true, warnings: [], specification: 'OpenAPI' });
});

test('it has every route, and no other', () => {
  const described = Object.entries<Described>(description.paths).flatMap(([path, methods]) =>
    Object.entries<Described>(methods).map(
      ([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`,
    ),
  );
  expect(described.sort()).toEqual(routes.map(({ name, method, path }) => `${name} ${method} ${path}`).sort());
});

test('everything in it is deprecated, takes a token, and is described', () => {
  expect(description.security).toEqual([{ bearer: [] }]);
  expect(description.components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' });
  for (const methods of Object.values<Described>(description.paths))
    for (const operation of Object.values<Described>(methods)) {
      expect(operation).toMatchObject({ deprecated: true, summary: expect.stringMatching(/\.$/) as string });
      for (const response of Object.values<Described>(operation.responses))
        expect(Object.keys(response.headers)).toEqual(expect.arrayContaining(['Deprecation', 'Sunset', 'Link']));
    }
  for (const parameter of Object.values<Described>(description.components.parameters))
    expect(parameter.description).toMatch(/\.$/);
});

test('the content and the items that a phase takes are those of its declaration', () => {
  const { content, items } =
    description.paths['/v1/phases/{phase}/versions'].post.requestBody.content['application/json'].schema.properties;
  const names = (choices: Described[]) =>
    choices.flatMap((choice) => choice.$ref ?? choice.items?.$ref ?? []).map((ref: string) => ref.split('/').at(-1));
  const full = phases.filter((phase) => phase.versioning === 'FULL');
  expect(names(content.anyOf)).toEqual(full.map(({ version }) => version.inputType));
  expect(names(items.anyOf)).toEqual(full.map(({ item }) => item.inputType));
  expect(description.components.schemas.ScopingDecisionInput).toMatchObject({
    required: ['attributeId', 'isInScope'],
    additionalProperties: false,
    properties: { isInScope: { type: 'boolean' }, riskRating: { type: ['string', 'null'] } },
  });
});

test('the day on which the facade ends is in it', () => {
  const { info } = openApi(new Date('2028-02-29')) as Described;
  expect(info.description).toContain('2028-02-29');
});
