import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'gateway/{src,test}/**/*.test.ts',
      'sdk/{src,test}/**/*.test.ts',
      'dashboard/src/**/*.test.ts',
      'examples/**/*.test.ts',
    ],
    // Those need other servers: npm run test:external.
    exclude: ['gateway/test/external/**'],
    globalSetup: 'gateway/test/support/data-dir.ts',
    pool: 'forks',
    maxWorkers: 2,
    // The first test of a file may wait for an embedded database to be made.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
  },
})
