import js from '@eslint/js';
import graphql from '@graphql-eslint/eslint-plugin';
import unicorn from 'eslint-plugin-unicorn';
import tseslint from 'typescript-eslint';

const typescript = ['**/*.ts', '**/*.tsx'];
const plain = ['**/*.mjs', '**/*.cjs'];
const node = Object.fromEntries(
  [
    'process',
    'console',
    'URL',
    'setTimeout',
    'clearTimeout',
    'fetch',
    'module',
    'require',
    '__dirname',
    'Buffer',
    'performance',
  ].map((name) => [name, 'readonly']),
);

const pages = ['Connection', 'Edge', 'Payload'];
const values = [
  'ActorActivity',
  'AgeBand',
  'ApprovalRequirement',
  'AuditCoverage',
  'AuditorPack',
  'Bottleneck',
  'ChainVerification',
  'ChangesAround',
  'CommandConfig',
  'DataOwnerChange',
  'DeadLetter',
  'DiffSummary',
  'DocumentRevision',
  'FieldBlame',
  'FieldChange',
  'FieldConfig',
  'FieldConstant',
  'FigureGroup',
  'FiguresHorizon',
  'FigureTable',
  'HoursSpread',
  'ImportedFrom',
  'ImportFinding',
  'ItemBlame',
  'ItemChange',
  'ItemFacet',
  'ItemFacetValue',
  'LastChange',
  'MergeConflict',
  'MetricsBucket',
  'NotificationRule',
  'PageInfo',
  'PhaseConfig',
  'PhaseMetrics',
  'Presence',
  'SearchResult',
  'StillNamed',
  'TableCoverage',
  'Turn',
  'VersionDiff',
  'WaitsOn',
  'Webhook',
  'WorkEntry',
  'WorkflowCounts',
];

// One configuration for every GraphQL file: the parser keeps the first it is given.
const operationsAgainstSchema = {
  parser: graphql.parser,
  parserOptions: {
    graphQLConfig: { schema: 'schema.graphql', documents: ['test/operations/*.graphql', 'console/src/**/*.graphql'] },
  },
};

// Data runs downhill: no layer imports from one that lies above it.
const above = {
  'graphql/**': ['transport'],
  'services/**': ['transport', 'delivery', 'files', 'graphql'],
  'database/*': ['transport', 'delivery', 'files', 'graphql', 'services', 'proof', 'doctor', 'backup'],
  '{versioning,phases}/**': ['transport', 'delivery', 'files', 'graphql', 'services', 'proof', 'database'],
};
const slope = Object.entries(above).map(([below, layers]) => {
  // Folders of a layer may have the name of another layer: src/database/delivery.
  const out = below.endsWith('/*') ? '{2}' : '+';
  const patterns = [
    { regex: `^(\\.\\./)${out}(${layers.join('|')})(/|$)`, message: 'It lies above this (see ARCHITECTURE.md).' },
  ];
  return { files: [`src/${below}/*.ts`], rules: { 'no-restricted-imports': ['error', { patterns }] } };
});

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', '.data/', '**/generated/', 'schema.released.graphql'] },
  {
    // A literal is not spread into another one to keep a line from being broken.
    files: [...typescript, ...plain],
    plugins: { unicorn },
    rules: { 'unicorn/no-useless-spread': 'error' },
  },
  { files: plain, extends: [js.configs.recommended], languageOptions: { globals: node } },
  {
    files: typescript,
    extends: [js.configs.recommended, ...tseslint.configs.recommendedTypeChecked],
    // GraphQL in test files is also checked, against the schema.
    processor: graphql.processor,
    languageOptions: {
      parserOptions: {
        // The tests' project has the product as well, so its types are made once; with the project service, each folder has its own.
        project: ['test/tsconfig.json', 'playground/tsconfig.json', 'console/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // An interface's method may have nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // React's props hand functions around.
      '@typescript-eslint/unbound-method': 'off',
      // graphql-js types its kinds as an enum, and everybody compares them with their texts.
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // "This cannot be undefined here" is said with one character; a test proves it.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    // What people read stands in one place for each language.
    files: ['console/src/**/*.{ts,tsx}'],
    ignores: ['console/src/text/**', 'console/src/generated/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...[
          'JSXText[value=/[A-Za-z]{2}/]',
          'JSXAttribute[name.name=/^(title|label|aria-label|placeholder|legend|note|description|all|alt)$/] > Literal[value=/[A-Za-z]{2}/]',
          'Literal[value=/^[A-Z][a-z]+ [a-z]/]',
          'Literal[value=/[a-z]{2} [a-z]+ [a-z]{2}/]',
          'TemplateElement[value.raw=/[a-z]{2}[,.:]? [a-z]{2}/]',
        ].map((selector) => ({ selector, message: 'Texts stand in console/src/text, by language.' })),
      ],
    },
  },
  {
    // What is long is said in fewer words, not in lines that nobody sees the end of; tables of tests are another matter.
    files: ['src/**/*.ts', 'packages/*/*.ts', 'console/**/*.{ts,tsx}'],
    rules: { 'no-warning-comments': ['error', { terms: ['prettier-ignore'], location: 'anywhere' }] },
  },
  ...slope,
  {
    // What is not the product knows nothing of it.
    files: ['packages/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '(^|/)\\.\\./(src|test)(/|$)', message: 'A package knows nothing of the product.' }] },
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'packages/*/test/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Chance follows from the seed: test/support/chance.ts.' },
      ],
      // Answers of the API are `any` where a test does not bother to type them.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
    },
  },
  {
    files: ['schema.graphql'],
    languageOptions: operationsAgainstSchema,
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      // Everything says what it is, not only types and root fields.
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          rootField: true,
          DirectiveDefinition: true,
          FieldDefinition: true,
          InputValueDefinition: true,
        },
      ],
      // Values and pages have no identity of their own; every entity has its `id`.
      '@graphql-eslint/strict-id-in-types': ['error', { exceptions: { types: values, suffixes: pages } }],
      '@graphql-eslint/require-nullable-result-in-root': 'error',
      // Short lists that belong to their object (an item's decisions, a phase's figures) are lists, not pages.
      '@graphql-eslint/relay-edge-types': [
        'error',
        // Relay's specification lets an edge hold values that are no nodes, and this rule cannot name them: test/api/schema does.
        { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
      ],
    },
  },
  {
    files: ['**/*.graphql'],
    ignores: ['schema.graphql'],
    languageOptions: operationsAgainstSchema,
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...graphql.configs['flat/operations-recommended'].rules,
      '@graphql-eslint/selection-set-depth': 'off',
      '@graphql-eslint/require-selections': 'off', // a test asks for what it checks
      // These compare with the other documents, which code generation does already.
      '@graphql-eslint/unique-operation-name': 'off',
      '@graphql-eslint/unique-fragment-name': 'off',
      '@graphql-eslint/known-fragment-names': 'off',
      '@graphql-eslint/no-unused-fragments': 'off',
    },
  },
  {
    // Relay's compiler holds these against the schema, and has its own directives and its own rules for names.
    files: ['test/clients/**/*.graphql'],
    rules: {
      '@graphql-eslint/naming-convention': 'off',
      '@graphql-eslint/known-directives': 'off',
      '@graphql-eslint/no-unused-variables': 'off', // a fragment uses them
    },
  },
);
