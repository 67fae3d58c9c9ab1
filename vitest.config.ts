import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Each file has a process of its own, and half of its start is compiling what the one before it compiled.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/compiled')

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
