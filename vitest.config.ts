// How tests run: one project for everything, and one that guards the house and needs no server.

import { configDefaults, defineConfig } from 'vitest/config'

const tidy = 'tools/tidy.test.ts'

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          include: ['{packages,services,sandbox,e2e,tools}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, tidy],
          globalSetup: ['./tools/test-postgres.ts'],
        },
      },
      { extends: true, test: { name: 'tidy', include: [tidy] } },
    ],
    coverage: {
      provider: 'v8',
      include: ['services/*/src/**/*.ts', 'packages/*/src/**/*.ts', 'sandbox/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/main.ts'],
      reporter: ['text-summary'],
      thresholds: { lines: 80 },
    },
  },
})
