import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The page must work in a bank's closed network, so everything is bundled and nothing is fetched from elsewhere.
//
// It needs this Content-Security-Policy, and nothing more:
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
    // The editor is one large chunk by nature. It is loaded after the bar has been shown.
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      // GraphiQL derives icon titles from function names. With minified names, a screen reader would say "eb icon".
      output: { keepNames: true },
      // GraphiQL's files contain "use no memo" for a compiler that is not used here. Fifty warnings would hide a real one.
      onLog: (level, log, handle) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && handle(level, log),
    },
  },
});
