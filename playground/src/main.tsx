import { createRoot } from 'react-dom/client';
// Imports the parts of graphiql/style.css one by one. The whole embeds 400 kB of fonts and a second copy of the editor's styles.
import '@graphiql/react/style.css';
import '@graphiql/plugin-history/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import 'graphiql/graphiql.css';
import './workers';
import './style.css';
import { App } from './app';

createRoot(document.getElementById('app')!).render(<App />);
