/** Search over everything that the viewer may see. */
import { search, searchTypes, type Found, type SearchType } from '../../database/search';
import { badInput } from '../../versioning/errors';
import { connectComputed, connectionArgs, connectionOf } from '../connection';
import { a, answered, answers, objectType, optional, queries } from '../declare';
import { enumOf, PhaseEnum } from '../enums';
import { Node } from '../node';
import { visibleVersion } from '../visibility';
import { Workflow } from '../workflow/types';

const SearchTypeEnum = enumOf(
  'SearchType',
  searchTypes,
  'What may be found. ITEM: items of versions, such as attributes, samples and observations. RECORD: the latest versions of audit-only phases, such as documents.',
);

const SearchResult = objectType<Found>('SearchResult', 'Something that has the words looked for.', {
  type: a.of('What it is.', () => SearchTypeEnum),
  phase: optional.of('The phase it belongs to; null for workflows and people.', () => PhaseEnum),
  title: a.text('What it is called.'),
});

answers(SearchResult, {
  workflow: answered(
    'The workflow it belongs to; null for people.',
    optional(() => Workflow),
    ({ workflowId }, { loaders }) => (workflowId === null ? null : loaders.workflow.load(workflowId)),
  ),
  node: answered(
    'The object itself: a workflow, version, item or person; null if it went since it was found.',
    optional(() => Node),
    async ({ type, phase, id }, context) => {
      const { loaders } = context;
      // A version deleted since it was found is hidden already.
      const version = async (versionId: string) => visibleVersion(context, await loaders.version.load(versionId));
      switch (type) {
        case 'WORKFLOW':
          return loaders.workflow.load(id);
        case 'PERSON':
          return loaders.user.load(Number(id));
        case 'ITEM': {
          const item = await loaders.item.load({ phase: phase!, itemId: id });
          return item && (await version(item.versionId)) && item;
        }
        case 'VERSION':
        case 'RECORD':
          return version(id);
      }
    },
  ),
});

const SearchResultConnection = connectionOf('SearchResult', () => SearchResult);

const MIN_TEXT = 2;
const MAX_TEXT = 200;

queries({
  search: {
    ...answered(
      'What has all the words of a text in what it is called, or begins words with them, whatever the case; also in the texts of records. What is called just so comes first, then what begins so, then the newest; 100 at most. Versions that were rejected, superseded or deleted are not looked at. Empty in the past: only the present is searched.',
      () => SearchResultConnection,
      {
        text: a.text(`The words; ${MIN_TEXT} to ${MAX_TEXT} characters.`),
        types: optional.of<SearchType[]>('Only such things.', () => [SearchTypeEnum]),
        phases: optional.of<string[]>('Versions, items and records only of these phases.', () => [PhaseEnum]),
        ...connectionArgs,
      },
      async (_, { db, viewer, past }, { text, types, phases, ...page }) => {
        const { length } = text.trim();
        if (length < MIN_TEXT || length > MAX_TEXT)
          throw badInput(`\`text\` has ${MIN_TEXT} to ${MAX_TEXT} characters; this has ${length}.`, {
            min: MIN_TEXT,
            max: MAX_TEXT,
            actual: length,
          });
        const found = past ? [] : await search(db, viewer.userId, text, types ?? searchTypes, phases ?? undefined);
        return connectComputed(
          'search',
          found,
          ({ id }) => id,
          page,
          (one) => one,
          { keyType: 'text' },
        );
      },
    ),
    extensions: { cost: 100 },
  },
});
