/** What a comparison is about. */
import type { DiffQuery } from '../../generated/graphql';

export type Version = NonNullable<DiffQuery['phaseVersion']>;
export type Diff = NonNullable<Version['diff']>;
