import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The page must work in a bank's closed network, so everything is bundled and nothing is fetched from elsewhere.
//
// The Content-Security-Policy it needs, and no more:
//   default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; img-src 'self' data:;
//   font-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
// 'unsafe-inline' is for styles only: the editor writes its theme and its measurements as inline styles. Scripts need
// neither 'unsafe-inline' nor 'unsafe-eval'.
export default defineConfig({
  base: '/playground/',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: '../dist/pages',
    emptyOutDir: true,
    // The editor is one large chunk by nature and is loaded after the bar is on the screen.
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      // GraphiQL makes its icons' titles from function names; shortened ones would have a screen reader say "eb icon".
      output: { keepNames: true },
      // GraphiQL's files say "use no memo" to a compiler that is not at work here; fifty warnings would hide a real one.
      onLog: (level, log, handle) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && handle(level, log),
    },
  },
});
