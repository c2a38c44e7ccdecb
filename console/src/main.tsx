import './begin';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queries } from './api/queries';
import { stored } from './api/store';
import { router } from './router';
import { titleWhatIsCut } from './shell/title-what-is-cut';
import './style/base.css';

const theme = stored('theme');
if (theme) document.documentElement.dataset.theme = theme;

document.addEventListener('pointerover', titleWhatIsCut, { passive: true });

// The page's code is fetched at once; the router asks again, and reports what failed.
for (const route of router.getMatchedRoutes(location.pathname)[0]) void router.loadRouteChunk(route);

createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
