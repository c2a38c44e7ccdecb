/** Global identification: one opaque id for every object that can be asked for again (Relay's Node). */
import { Field, ID, InterfaceType } from 'type-graphql';

@InterfaceType('Node', { description: 'An object that can be fetched again by its id.' })
export abstract class Node {
  @Field(() => ID, { description: 'An opaque id, unique among all objects of the API; `node(id:)` takes it.' })
  id!: string;
}
