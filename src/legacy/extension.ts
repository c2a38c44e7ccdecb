/** The takeover as an extension of the product. */
import type { Extension } from '../extensions/extension';
import { REFERENCE_STREAM } from '../database/register/people';
import { legacyTables } from './tables';

export const takeover: Extension = {
  schema: 'legacy',
  deploy: [
    { text: 'select recorded.make_views()' },
    {
      text: 'select legacy.make_views($1)',
      values: [
        JSON.stringify(legacyTables.map(({ name, key, columns }) => ({ name, key, columns: Object.entries(columns) }))),
      ],
    },
  ],
  supplement: {
    schema: 'recorded',
    setting: 'phaseledger.recorded',
    // Whether a later import added to the stream data that existed at the instant.
    knows: (
      at,
    ) => `exists (select from log.change_set i where i.stream_id = s.stream_id and i.origin = 'import' and i.committed_at > ${at})
      and (s.stream_id = '${REFERENCE_STREAM}' or exists (select from public.phase_version v where v.stream_id = s.stream_id and v.created_at <= ${at}))`,
  },
};
