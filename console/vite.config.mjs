import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Everything is bundled and served by the API itself, under a policy that allows nothing inline and nothing from elsewhere
// (src/transport/headers.ts); so no asset is made part of a stylesheet or a script.
export default defineConfig({
  base: '/',
  plugins: [react()],
  server: { proxy: { '/graphql': 'http://127.0.0.1:4000', '/console': 'http://127.0.0.1:4000' } },
  build: { outDir: '../dist/console', emptyOutDir: true, assetsInlineLimit: 0, target: 'es2023' },
});
