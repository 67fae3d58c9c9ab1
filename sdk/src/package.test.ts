import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }

test('the package holds what its entry points name, and no tests', async () => {
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json'], { cwd })
  const [packed] = JSON.parse(stdout) as { files: { path: string }[] }[]
  const files = packed?.files.map(({ path }) => `./${path}`) ?? []
  expect(files).toEqual(expect.arrayContaining(Object.values(manifest.exports)))
  expect(files.filter((file) => /\.test\.ts$|^\.\/python/.test(file))).toEqual([])
})
