/**
 * Where the files lie that the code reads or starts by itself. In the source they are beside it; a release (scripts/bundle.ts) has
 * all code in the folder `dist/` of its package and these with it.
 */
const released = import.meta.url.endsWith('.js')
const place = (inSource: string, inRelease: string) => new URL(released ? inRelease : inSource, import.meta.url)

export const places = {
  sandboxWorker: place('sandbox/worker.ts', 'sandbox-worker.js'),
  importWorker: place('connections/import/worker.ts', 'import-worker.js'),
  migrations: place('store/migrations/', 'migrations/'),
  redisScript: place('store/redis-limiter.lua', 'redis-limiter.lua'),
  catalog: place('../../catalog/', '../catalog/'),
  /** Not there before it was built. */
  dashboard: place('../../dashboard/dist/', '../dashboard/'),
} as const
