/**
 * Global identification (Relay's Node): one opaque id for every object that can be fetched again. Clients cache objects by id, so an object
 * read in the past has a different id than today's, which contains the instant.
 */
import { ID } from 'type-graphql';
import { resolved, addFields, interfaceType, objectType, type TypeOf, type ValuesOf } from './declare';
import { globalId } from './global-id';
import { leadsToChange } from './lasting';
import type { Node as AnyNode } from './objects';

export const Node = interfaceType<AnyNode>('Node', 'An object that can be fetched again by its id.', {});

/** An object type that implements Node. */
export const nodeType = <Row>(name: string, description: string, values: ValuesOf<Row>): TypeOf<Row> =>
  objectType<Row>(name, description, values, Node);

addFields(Node, {
  id: resolved(
    'An opaque id, unique among all objects of the API at all times. An object read as of an instant has a different id than today’s, unless it is immutable and nothing is selected that leads to mutable data. `node(id:)` accepts it, and answers as of its instant.',
    () => ID,
    async ({ __typename, nodeKey, lasts = false }, { past, loaders }, _args, info) => {
      if (!past) return globalId(__typename, nodeKey);
      const hasOneId =
        lasts !== false && !leadsToChange(info) && (lasts === true || (await lasts((id) => loaders.version.load(id))));
      return globalId(__typename, nodeKey, hasOneId ? null : past.at);
    },
  ),
});
