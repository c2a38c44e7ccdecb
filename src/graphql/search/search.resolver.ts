/** Search over everything that the viewer may see. */
import { search, searchTypes, type Found, type SearchType } from '../../database/versions/search';
import { badInput } from '../../versioning/errors';
import { connectComputed, connectionArgs, connectionOf } from '../connection';
import { a, resolved, addFields, objectType, optional, queries } from '../declare';
import { enumOf, PhaseEnum } from '../enums';
import { Node } from '../node';
import { visibleVersion } from '../visibility';
import { Workflow } from '../workflow/types';

const SearchTypeEnum = enumOf(
  'SearchType',
  searchTypes,
  'Kinds of search results. ITEM: items of versions, such as attributes, samples and observations. RECORD: the latest versions in audit-only phases, such as documents.',
);

const SearchResult = objectType<Found>('SearchResult', 'A search result.', {
  type: a.of('What it is.', () => SearchTypeEnum),
  phase: optional.of('The phase it belongs to; null for workflows and people.', () => PhaseEnum),
  title: a.text('Its name.'),
});

addFields(SearchResult, {
  workflow: resolved(
    'The workflow it belongs to; null for people.',
    optional(() => Workflow),
    ({ workflowId }, { loaders }) => (workflowId === null ? null : loaders.workflow.load(workflowId)),
  ),
  node: resolved(
    'The object itself: a workflow, version, item or person; null if it has been removed since.',
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
    ...resolved(
      'Finds objects whose name contains all words of a text, or words that begin with them, ignoring case; texts of records are searched too. Exact names come first, then names with that prefix, then the newest; at most 100. Rejected, superseded and deleted versions are not searched. Empty in the past: only the present is searched.',
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
