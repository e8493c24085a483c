// The app: providers round the router, and the page-wide listeners.
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect } from 'react';
import { queryClient } from './lib/query.js';
import { startShortcuts } from './lib/shortcuts.js';
import { startTheme } from './lib/theme.js';
import { router } from './router.js';
import { Toaster } from './ui/toast.js';

export function App() {
  useEffect(() => startTheme(), []);
  useEffect(() => startShortcuts(), []);
  return (
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
      <Toaster />
    </QueryClientProvider>
  );
}
