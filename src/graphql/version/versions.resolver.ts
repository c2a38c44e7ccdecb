/** Versions across phases and workflows. */
import { REFERENCE_STREAM } from '../../database/register/people';
import { versionList } from '../../database/versions/version-list';
import { connect, connectionArgs } from '../connection';
import { resolved, queries } from '../declare';
import { chosen } from '../list';
import { asVersion } from '../objects';
import { asOfArgs, at } from './as-of-args';
import { PhaseVersionConnection } from './types';
import { versionChoice, visibleVersions } from './version-choice';

queries({
  versions: resolved(
    'The versions of all phases in the workflows that the viewer may see, latest start first, without deleted ones.',
    () => PhaseVersionConnection,
    { ...connectionArgs, ...asOfArgs, ...versionChoice },
    (_, context, args) =>
      at(context, args.asOf, [], async (then) => {
        const { filters, order } = chosen(versionList, args);
        return connect(then.loaders, versionList, REFERENCE_STREAM, args, {
          filters: [...(await visibleVersions(then)), ...filters],
          order,
          toNode: asVersion,
        });
      }),
  ),
});
