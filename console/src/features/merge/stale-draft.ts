import type { StaleDraftQuery } from '../../generated/graphql';

export type Draft = NonNullable<StaleDraftQuery['phaseVersion']>;
/** A draft whose base is no longer in force. */
export type StaleDraft = Draft & { current: NonNullable<Draft['current']> };
