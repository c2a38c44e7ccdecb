/** What is made of a small schema, from which everything that a schema can have is taken once. */
import { buildSchema, parse, type GraphQLInputObjectType } from 'graphql';
import { JsonSchemas } from '..';

const schema = buildSchema(`
  "How it is."
  enum State { NEW OLD }
  input Point { x: Int!, y: Int! = 0 }
  input Choice @oneOf { point: Point, name: String }
  input Sent { "Its id." id: ID!, choice: Choice!, points: [Point!], state: State }
  type Person { "Who." name: String! friend: Person }
  type Thing { state: State owner: Person! tags: [String!]! }
  type Query { thing: Thing }
`);
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

test('what may be sent: what has no default is required, and nothing else may be there', () => {
  const schemas = new JsonSchemas(schema, { ID: { type: 'string', examples: ['a1'] } });
  const { id, ...fields } = (schema.getType('Sent') as GraphQLInputObjectType).getFields();
  expect(schemas.ofInputFields([id!, ...Object.values(fields)])).toEqual({
    type: 'object',
    properties: {
      id: { type: 'string', examples: ['a1'], description: 'Its id.' },
      choice: { anyOf: [ref('Point'), { type: 'string' }] },
      points: { type: ['array', 'null'], items: ref('Point') },
      state: { anyOf: [ref('State'), { type: 'null' }] },
    },
    required: ['id', 'choice'],
    additionalProperties: false,
  });
  const number = { type: 'integer', format: 'int32' };
  expect(schemas.components).toEqual({
    Point: { type: 'object', properties: { x: number, y: number }, required: ['x'], additionalProperties: false },
    State: { type: 'string', enum: ['NEW', 'OLD'], description: 'How it is.' },
  });
});

test('what is answered: everything that is asked for is there, and fragments are components', () => {
  const schemas = new JsonSchemas(schema);
  const document = parse(`
    { thing { state tags owner { ...Named friend { ...Named } } } }
    fragment Named on Person { name }
  `);
  expect(schemas.ofAnswer(document, ['thing'])).toEqual({
    type: 'object',
    properties: {
      state: { anyOf: [ref('State'), { type: 'null' }] },
      tags: { type: 'array', items: { type: 'string' } },
      owner: {
        allOf: [
          ref('Named'),
          {
            type: 'object',
            properties: { friend: { anyOf: [ref('Named'), { type: 'null' }] } },
            required: ['friend'],
          },
        ],
      },
    },
    required: ['state', 'tags', 'owner'],
  });
  expect(schemas.components.Named).toEqual({
    type: 'object',
    properties: { name: { type: 'string', description: 'Who.' } },
    required: ['name'],
  });
});
