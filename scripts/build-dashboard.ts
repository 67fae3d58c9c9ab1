import { spawnSync } from 'node:child_process'
import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const inputs = ['dashboard/{index.html,package.json,vite.config.ts}', 'dashboard/{src,public}/**', 'sdk/src/**', 'docs/errors.md']

const changedAt = (path: string) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0

function isStale(): boolean {
  const built = changedAt('dashboard/dist/index.html')
  return globSync(inputs, { cwd: root }).some((file) => changedAt(file) > built)
}

/** Builds the dashboard unless the last build is newer than all it is made from. Throws with the builder's words. */
export function buildDashboardIfStale(): void {
  if (!isStale()) return
  process.stdout.write('Building the dashboard … ')
  const started = performance.now()
  // Tests set NODE_ENV, and would get another dashboard than people do.
  const env = { ...process.env, NODE_ENV: 'production' }
  const { status, stdout, stderr } = spawnSync('npm', ['run', '-s', 'build'], { cwd: root, encoding: 'utf8', env })
  if (status !== 0) {
    process.stdout.write('failed\n')
    throw new Error(`The dashboard cannot be built.\n${stdout}${stderr}`)
  }
  process.stdout.write(`${((performance.now() - started) / 1000).toFixed(1)} s\n`)
}
