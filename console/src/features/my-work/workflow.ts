import type { MyWorkQuery } from '../../generated/graphql';

/** A workflow that the viewer can see, with what is open in it and its last commits. */
export type Workflow = NonNullable<MyWorkQuery['workflows']>['nodes'][number];
