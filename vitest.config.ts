// How tests run: one project for what needs servers, one for each web app's components and one for their rules, one for
// tests in a browser, two for what takes long, and one for the rules of the repository.

import { configDefaults, defineConfig } from 'vitest/config'
import { LongestFirst } from './tools/test-sequencer.ts'

const tidy = 'tools/tidy*.test.ts'
const browser = 'e2e/src/web/**/*.test.ts'
/** Not part of `npm test` (`npm run test:long`). */
const long = '**/*.long.test.ts'

const onServers = {
  // Modules are loaded once a worker, not once a file: their state is no test's to change.
  isolate: false,
  globalSetup: ['./tools/test-postgres.ts'],
}
const inBrowser = {
  // Files share a worker's platform and browser.
  isolate: false,
  testTimeout: 300_000,
  globalSetup: ['./tools/test-postgres.ts', './e2e/src/web/browser-setup.ts'],
}

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    // Twice the cores: many tests wait for servers that start and stop. With three, two cores were idle a sixth of the
    // time, and a run took a tenth longer.
    maxWorkers: 4,
    // With more room for what is new, garbage is collected less often: a tenth less CPU.
    execArgv: ['--max-semi-space-size=64'],
    // Bounds for what hangs, not for what is slow: a busy machine passes too.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 110_000 } },
    setupFiles: ['./tools/test-patience.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          ...onServers,
          name: 'all',
          include: ['{packages,services,sandbox,e2e,tools,deploy,bench}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, tidy, browser, long],
        },
      },
      {
        extends: true,
        // What React and the test libraries cost at first, they cost once a worker.
        test: {
          name: 'web',
          environment: 'happy-dom',
          isolate: false,
          include: ['web/pay/src/**/*.test.tsx'],
          setupFiles: ['./web/pay/src/testing-setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'console',
          environment: 'happy-dom',
          isolate: false,
          include: ['web/console/src/**/*.test.tsx'],
          setupFiles: ['./web/console/src/testing-setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'web-rules',
          environment: 'happy-dom',
          isolate: false,
          include: ['web/*/src/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          ...inBrowser,
          name: 'browser',
          include: [browser],
          exclude: [...configDefaults.exclude, long],
        },
      },
      {
        extends: true,
        test: {
          ...onServers,
          name: 'long',
          include: [`{packages,services,deploy,e2e,tools}/${long}`],
          exclude: [...configDefaults.exclude, browser],
        },
      },
      { extends: true, test: { ...inBrowser, name: 'long-browser', include: [`e2e/src/web/${long}`] } },
      { extends: true, test: { name: 'tidy', include: [tidy] } },
    ],
    coverage: {
      provider: 'v8',
      include: ['services/*/src/**/*.ts', 'packages/*/src/**/*.ts', 'sandbox/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/main.ts', 'packages/testing/**'],
      reporter: ['text-summary'],
      thresholds: { lines: 80 },
    },
  },
})
