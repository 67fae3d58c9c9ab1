import { expect, test } from 'vitest'
import type { Egress } from '../../egress/types.ts'
import { type Budget, createImporter } from './importer.ts'
import type { ImportJob } from './protocol.ts'

/** The process is ended at its budgets, whatever it is doing, and the next import finds everything as it was. */

const egress = { request: () => Promise.reject(new Error('nothing is fetched here')) } as unknown as Egress
const bytes = (text: string) => new TextEncoder().encode(text)
const job = (text: string): ImportJob => ({ want: 'stored', text: bytes(text), choice: {} })
const none = { json: 0, yaml: 0 }
const budget = (timeMs: number, memoryMb: number): Budget => ({
  time: { fixed: timeMs, perMb: none },
  memory: { fixed: memoryMb, perMb: none },
})

const spec = (paths: Record<string, unknown>) =>
  JSON.stringify({ openapi: '3.0.3', info: { title: 'Acme' }, servers: [{ url: 'https://acme.test' }], paths })
const paths = Object.fromEntries(Array.from({ length: 30_000 }, (_, index) => [`/a${index}/{id}`, { get: { responses: {} } }]))
const long = spec(paths)
const wide = `[${'{"a":[1,2,3]},'.repeat(2_000_000)}0]`

test('ends a document that takes longer than its time, while this process goes on', async () => {
  const importer = createImporter({ egress, budget: budget(150, 512) })
  let turns = 0
  const ticking = setInterval(() => turns++, 1)
  await expect(importer.run(job(long))).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    detail: expect.stringMatching(/longer than .* s .* was stopped/),
  })
  clearInterval(ticking)
  expect(turns).toBeGreaterThan(10)
})

test('ends a document that takes more than its memory', async () => {
  const importer = createImporter({ egress, budget: budget(60_000, 48) })
  await expect(importer.run(job(wide))).rejects.toMatchObject({
    code: 'PAYLOAD_TOO_LARGE',
    detail: expect.stringMatching(/more than the 48 MB .* was stopped/),
  })
})

test('ends the process of an import that nobody waits for any more, and the next goes on', async () => {
  const importer = createImporter({ egress, budget: budget(60_000, 512) })
  const left = new AbortController()
  await expect(importer.run(job(long), { onProgress: () => left.abort(), signal: left.signal })).rejects.toMatchObject({
    name: 'AbortError',
  })
  await expect(importer.run(job(long), { signal: left.signal })).rejects.toMatchObject({ name: 'AbortError' })
  const { stored } = await importer.run(job(spec({ '/a': { get: { responses: {} } } })))
  expect(stored?.actions).toHaveLength(1)
})
