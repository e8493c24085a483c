// Build and dev server of the web app. Everything is self-hosted: no asset is inlined as data: (the CSP allows
// only 'self'), and nothing is loaded from elsewhere.
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

/** The hub that `vite dev` forwards to. */
const hub = process.env['ROUNDHOUSE_DEV_HUB'] ?? 'http://127.0.0.1:4400';
// The Origin of the page must match what the hub expects, so the proxy presents itself as the hub's own address.
const forward = { target: hub, changeOrigin: true, headers: { origin: hub } };

export default defineConfig({
  experimental: {
    // Scripts and styles name each other relative to themselves, so that the app may lie below a path (ADR 26). The page
    // cannot: its own address is any of the app's.
    renderBuiltUrl: (file, { hostType }) => (hostType === 'html' ? `/${file}` : { relative: true }),
  },
  plugins: [react(), tailwind()],
  resolve: { conditions: ['source', ...defaultClientConditions] },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': forward,
      '/socket.io': { ...forward, ws: true },
      '/healthz': forward,
      '/readyz': forward,
    },
  },
  build: {
    target: 'es2022',
    manifest: true,
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              // Finding and WebGL are chunks of their own: the first output does not wait for them.
              name: 'terminal',
              test: /node_modules[\\/](\.pnpm[\\/])?@xterm[\\/+](xterm|addon-(fit|web-links|unicode-graphemes))[@\\/]/,
              priority: 3,
            },
            {
              name: 'react',
              test: /node_modules[\\/](\.pnpm[\\/])?(react|react-dom|scheduler)[@\\/]/,
              priority: 2,
            },
          ],
        },
      },
    },
  },
});
