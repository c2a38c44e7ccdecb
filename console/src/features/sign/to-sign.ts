import type { ToSignQuery } from '../../generated/graphql';

/** A version with what its signers need to know. */
export type ToSign = NonNullable<ToSignQuery['phaseVersion']>;
