import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { cleanEnvironment } from '../support/gateway.ts'

const program = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/dist/index.js')
const folder = dirname(dirname(program))

export const revisions = ['2025-11-25', '2026-07-28'] as const
export type Revision = (typeof revisions)[number]

/** Scenario → what failed in it; empty when it passed. */
export type Results = ReadonlyMap<string, readonly string[]>

/** The scenarios that servers of a revision have to pass: frozen when it came out, so that the suite's later ones are not in it. */
export async function requiredOf(revision: Revision): Promise<readonly string[]> {
  const list = parse(await readFile(join(folder, 'requirements', `${revision}.yaml`), 'utf8')) as { server: string[] }
  return list.server
}

interface Check {
  readonly id: string
  readonly status: string
  readonly errorMessage?: string
}

/** Runs the MCP project's conformance suite with these arguments; `heard` gets all of its output so far, as it comes. */
export async function runSuite(args: readonly string[], heard: (output: string) => void = () => {}): Promise<Results> {
  const results = await mkdtemp(join(tmpdir(), 'conformance-'))
  const child = spawn(process.execPath, [program, ...args, '-o', results], {
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString()
    heard(output)
  })
  await once(child, 'exit')
  const found = new Map<string, readonly string[]>()
  for (const directory of await readdir(results)) {
    const scenario = /^(?:server-|authorization-)?(.+?)-\d{4}-\d\d-\d\dT/.exec(directory)?.[1]
    if (scenario === undefined) continue
    const checks = JSON.parse(await readFile(join(results, directory, 'checks.json'), 'utf8')) as Check[]
    const failed = checks.filter(({ status }) => status === 'FAILURE')
    found.set(
      scenario,
      failed.map(({ id, errorMessage }) => `${id}: ${errorMessage ?? 'failed'}`),
    )
  }
  await rm(results, { recursive: true, force: true })
  return found
}
