/**
 * Makes the description of the facade (OpenAPI 3.1) from its routes, their documents and the schema. The product serves what is
 * committed of it, src/legacy/rest/description.json, which `npm run emit-openapi` writes; a test holds the two against each other.
 */
import { writeFileSync } from 'node:fs';
import type { GraphQLSchema } from 'graphql';
import { JsonSchemas, type JsonSchema } from '../../../packages/graphql-json-schema';
import { typeOf } from '../../../packages/rest-facade';
import { makeSchema } from '../../../src/graphql/schema';
import { phases } from '../../../src/phases';
import { slugOf } from '../../../src/phases/names';
import { INTERNAL, statusOfCode } from '../../../src/transport/errors/error-codes';
import { oldNames } from '../../../src/legacy/phase-names';
import { codes as said, PRECONDITION_FAILED } from '../../../src/legacy/rest/codes';
import { DESCRIPTION, SUNSET } from '../../../src/legacy/rest/openapi';
import { pathParameters, queryParameters, routes, type Route } from '../../../src/legacy/rest/routes';
import { membersOf } from '../../../src/legacy/rest/variables';

const { titles } = said;

/** The refusals that any request may meet, those of every command, and those of commands on a version. */
const always = ['BAD_REQUEST', 'BAD_USER_INPUT', 'UNAUTHENTICATED', 'NOT_FOUND', 'RATE_LIMITED', INTERNAL, 'BUSY'];
const ofCommands = [
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'LIMIT_EXCEEDED',
  'FORBIDDEN',
  'CONFLICT',
  'PREREQUISITE_MISSING',
  'IDEMPOTENCY_MISMATCH',
];
const ofTransitions = [
  'PRECONDITION_REQUIRED',
  'INVALID_TRANSITION',
  'FOUR_EYES',
  'STALE_BASE',
  'ITEMS_UNDECIDED',
  'SIGN_OFFS_MISSING',
  'CYCLE_CLOSED',
];

const refusalsOf = ({ inputType, versions }: Route): string[] => [
  ...always,
  ...(inputType ? ofCommands : []),
  ...(inputType && versions.length > 0 ? ofTransitions : []),
];

const ref = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` });

const onEveryAnswer = ['Deprecation', 'Sunset', 'Link', 'X-Request-Id'];
const headersNamed = (...names: string[]) =>
  Object.fromEntries([...onEveryAnswer, ...names].map((name) => [name, ref('headers', name)]));

function problemResponses(route: Route): Record<string, object> {
  const byStatus = new Map<number, string[]>();
  const note = (status: number, code: string) => byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  for (const code of refusalsOf(route)) note(statusOfCode(code), code);
  if (route.inputType && route.versions.length > 0) note(PRECONDITION_FAILED, 'CONFLICT');
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => titles[code]).join('; or: '),
        headers: headersNamed(
          ...(status === 401 ? ['WWW-Authenticate'] : []),
          ...(status === 429 ? ['Retry-After'] : []),
        ),
        content: {
          'application/problem+json': {
            schema: { allOf: [ref('schemas', 'Problem'), { properties: { code: { enum: codes } } }] },
          },
        },
      },
    ]),
  );
}

/** The name of a parameter's or header's component. */
const componentOf = (name: string) => name.replaceAll('-', '');

function operationOf(route: Route, schemas: JsonSchemas, schema: GraphQLSchema) {
  const { name, summary, path, query, inputType, versions, creates, version, asks } = route;
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, one]) => one!),
    ...query,
    ...(inputType ? ['Idempotency-Key'] : []),
    ...(inputType && versions.length > 0 ? ['If-Match'] : []),
  ];
  const input = inputType && schemas.ofInputFields(membersOf(schema, inputType));
  const answer = asks ? schemas.ofAnswer(asks.document, asks.answer) : { type: 'object' };
  return {
    operationId: name,
    summary,
    deprecated: true,
    ...(parameters.length > 0 && { parameters: parameters.map((one) => ref('parameters', componentOf(one))) }),
    ...(input && {
      requestBody: { required: 'required' in input, content: { 'application/json': { schema: input } } },
    }),
    responses: {
      [creates ? '201' : '200']: {
        description: creates ? 'The draft that was started.' : 'As asked.',
        headers: headersNamed(...(version ? ['ETag'] : []), ...(creates ? ['Location'] : [])),
        content: { 'application/json': { schema: answer } },
      },
      ...problemResponses(route),
    },
  };
}

const text = { type: 'string' };
const header = (description: string, schema: JsonSchema = text) => ({ description, schema });

function parameterComponents(schemas: JsonSchemas): Record<string, object> {
  const known = phases.map(({ key }) => slugOf(key));
  const others = oldNames.map(([name, key]) => `${name} (${slugOf(key)})`);
  const pathSchemas = {
    phase: { ...text, examples: known },
    versionId: schemas.ofInputScalar('UUID'),
  };
  const inPath = Object.entries(pathParameters).map(([name, description]) => [
    name,
    {
      name,
      in: 'path',
      required: true,
      schema: pathSchemas[name as keyof typeof pathParameters],
      description:
        name === 'phase'
          ? `${description} The letter case does not matter, nor whether words are apart by spaces, hyphens or underscores. Old names: ${others.join(', ')}.`
          : description,
    },
  ]);
  const inQuery = Object.entries(queryParameters).map(([name, { type, required, description }]) => [
    name,
    { name, in: 'query', required, description, schema: schemas.ofInputScalar(type) },
  ]);
  const inHeader = [
    ['If-Match', true, 'The ETag of the version as the caller saw it: 412 if it has changed since.', '"3"'],
    [
      'Idempotency-Key',
      false,
      'A UUID of the caller’s own: a retry with the same key and input returns the first answer instead of doing the work twice. The same as the member idempotencyKey.',
      '"0194d2a0-5c00-7000-8000-00000000abcd"',
    ],
  ].map(([name, required, description, example]) => [
    componentOf(name as string),
    { name, in: 'header', required, description, schema: { ...text, examples: [example] } },
  ]);
  return Object.fromEntries([...inPath, ...inQuery, ...inHeader]) as Record<string, object>;
}

const headerComponents = {
  Deprecation: header('Since when the facade is deprecated (RFC 9745).'),
  Sunset: header('From when on it may be gone (RFC 8594).'),
  Link: header('The successor, this description and, where there is more of a list, its next page.'),
  'X-Request-Id': header('The request’s id: the one that was sent, or a new one. Commits keep it.'),
  'WWW-Authenticate': header('How to say who is asking.'),
  'Retry-After': header('After how many seconds to ask again.', { type: 'integer' }),
  ETag: header('The revision of the version; If-Match takes it.'),
  Location: header('Where the new version is.'),
};

/** @param codes every code that an answer may have */
const problem = (codes: readonly string[]) => ({
  type: 'object',
  description: 'Problem details (RFC 9457). Further members say what a program can use of a refusal.',
  properties: {
    type: { ...text, format: 'uri-reference', description: 'One for each code.', enum: codes.map(typeOf) },
    title: { ...text, description: 'What the code is about.' },
    status: { type: 'integer', description: 'The HTTP status.' },
    detail: { ...text, description: 'What is wrong, and what to do.' },
    instance: { ...text, format: 'uri-reference', description: 'The path that was asked.' },
    code: { ...text, description: 'The same as in the GraphQL API.', oneOf: codes.map((code) => ({ const: code, title: titles[code] })) }, // prettier-ignore
    errorId: { ...text, format: 'uuid', description: 'Only where something broke: quote it when you report that.' },
  },
  required: ['type', 'title', 'status', 'detail', 'instance', 'code'],
});

export function describeFacade(schema: GraphQLSchema): object {
  // Ids of objects and codes of attributes are taken as well, so what is sent need not be a UUID.
  const schemas = new JsonSchemas(schema, { UUID: { type: 'string' } });
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes)
    (paths[route.path] ??= {})[route.method.toLowerCase()] = operationOf(route, schemas, schema);
  const codes = [...new Set([...routes.flatMap(refusalsOf), 'METHOD_NOT_ALLOWED'])];
  return {
    openapi: '3.1.0',
    info: {
      title: 'PhaseLedger, as the unified versioning service',
      version: '1',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: `For readers and writers of the versioning service before this one, until they ask /graphql themselves. Deprecated; it may be gone from ${SUNSET} on. Whatever it answers, it has asked the GraphQL API in the caller’s name: rules, access, limits and error codes are the same.`,
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The same token as for /graphql.' },
      },
      parameters: parameterComponents(schemas),
      headers: headerComponents,
      schemas: { ...schemas.components, Problem: problem(codes) },
    },
  };
}

/** As it is committed. */
export const printed = (description: object): string => `${JSON.stringify(description, null, 2)}\n`;

if (require.main === module) writeFileSync(DESCRIPTION, printed(describeFacade(makeSchema())));
