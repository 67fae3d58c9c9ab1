import { readFileSync } from 'node:fs'
import { compileConnector } from '../gateway/src/definition/compile.ts'
import { importOpenApi } from '../gateway/src/definition/import/openapi.ts'
import { checkMade } from '../gateway/src/definition/parse.ts'

/** One measurement for `bench import`: `idle`, `parse` or `import` of a file. Prints what it took, as JSON. */
const [mode = '', file = ''] = process.argv.slice(2)
const bytes = mode === 'idle' ? Buffer.alloc(0) : readFileSync(file)
const started = performance.now()
const cpu = process.cpuUsage()
let kept: unknown
if (mode === 'parse') kept = JSON.parse(bytes.toString('utf8'))
if (mode === 'import') {
  const { document } = importOpenApi(bytes.toString('utf8'), { serverUrl: 'https://api.example.test' })
  kept = compileConnector(checkMade(document), '1.0.0')
}
const { user, system } = process.cpuUsage(cpu)
const ms = performance.now() - started
console.log(
  JSON.stringify({ ms, cpuMs: (user + system) / 1000, peakMb: process.resourceUsage().maxRSS / 1024, kept: kept !== undefined }),
)
