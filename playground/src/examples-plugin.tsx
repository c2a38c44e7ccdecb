import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { examples, type Example } from './examples';

/** The examples in GraphiQL's side bar: tabs get closed and edited, and the way back should be one click. */
export const EXAMPLES_PLUGIN = { title: 'Examples', icon: ExamplesIcon, content: Examples };

function Examples() {
  const { addTab, updateActiveTabValues } = useGraphiQLActions();
  const { queryEditor, variableEditor } = useGraphiQL(({ queryEditor, variableEditor }) => ({
    queryEditor,
    variableEditor,
  }));

  const open = ({ query, variables }: Example) => {
    addTab();
    updateActiveTabValues({ query, variables });
    queryEditor?.setValue(query);
    variableEditor?.setValue(variables);
    queryEditor?.focus();
  };

  return (
    <section className="examples" aria-label="Examples">
      <h2>Examples</h2>
      <ul>
        {examples.map((example) => (
          <li key={example.title}>
            <button type="button" onClick={() => open(example)}>
              {example.title}
            </button>
            <p>{example.about}</p>
            <p>{example.token}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ExamplesIcon() {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M9 6h11M9 12h11M9 18h11" />
      <path d="m3.5 5 2 1.2-2 1.2zM3.5 11l2 1.2-2 1.2zM3.5 17l2 1.2-2 1.2z" fill="currentColor" />
    </svg>
  );
}
