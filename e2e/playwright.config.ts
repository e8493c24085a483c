// How the end-to-end tests run: real processes on free loopback ports, one file at a time on each worker.
import { defineConfig } from '@playwright/test';

/** `npm run test:agents` and CI name the real agents that are tried; others install none. */
const agents = (process.env['E2E_AGENTS'] ?? '').split(',').filter(Boolean);
const otherAgents = new RegExp(`specs/agents/(?!(?:${agents.join('|')})\\.spec)`);
/** `npm run test:upgrade` makes the releases that it needs. */
const upgrade = '**/upgrade.spec.ts';
/** `npm run test:database`: minutes without a database, and with a slow one. */
const database = /specs\/database\//;

export default defineConfig({
  testDir: './specs',
  testIgnore: [
    otherAgents,
    ...(process.env['E2E_RELEASES'] === undefined ? [upgrade] : []),
    ...(process.env['E2E_DATABASE'] === undefined ? [database] : []),
  ],
  outputDir: './test-results',
  fullyParallel: false,
  // Two cores: a second worker uses what the first one leaves while it waits.
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  globalSetup: './stack/global-setup.ts',
  reporter: [['list'], ['json', { outputFile: './test-results/report.json' }]],
  use: {
    actionTimeout: 15_000,
    browserName: 'chromium',
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      // Chromium's own sandbox cannot be made in a container; nothing but our own pages is opened.
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    },
  },
});
