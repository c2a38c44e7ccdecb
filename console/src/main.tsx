import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { stored } from './api/store';
import { router } from './router';
import { titleWhatIsCut } from './shell/title-what-is-cut';
import './style/base.css';

const theme = stored('theme');
if (theme) document.documentElement.dataset.theme = theme;

document.addEventListener('pointerover', titleWhatIsCut, { passive: true });

// Without a connection, requests are sent all the same and the page reports the failure, instead of pausing silently.
const networkMode = 'always';
const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 15_000, retry: false, refetchOnWindowFocus: true, networkMode },
    mutations: { networkMode },
  },
});

createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
