import { readFileSync } from 'node:fs'
import { compileConnector } from '../gateway/src/definition/compile.ts'
import { importOpenApi } from '../gateway/src/definition/import/openapi.ts'
import { checkMade } from '../gateway/src/definition/parse.ts'

/**
 * One measurement for `bench import`: `idle`, `parse` or `import` of a file, or the same document through another parser, which
 * is loaded before the clock starts. Prints what it took, as JSON.
 */
const [mode = '', file = ''] = process.argv.slice(2)
/** Each parses, and then does what its name says; none of them makes tools. */
const peers: Readonly<Record<string, () => Promise<(text: string) => Promise<unknown>>>> = {
  swagger_parser_dereference: async () => {
    const { default: SwaggerParser } = await import('@apidevtools/swagger-parser')
    return (text) => SwaggerParser.dereference(JSON.parse(text))
  },
  swagger_parser_validate: async () => {
    const { default: SwaggerParser } = await import('@apidevtools/swagger-parser')
    return (text) => SwaggerParser.validate(JSON.parse(text))
  },
  readme_dereference: async () => {
    const { dereference } = await import('@readme/openapi-parser')
    return (text) => dereference(JSON.parse(text))
  },
  scalar_dereference: async () => {
    const { dereference } = await import('@scalar/openapi-parser')
    return async (text) => dereference(JSON.parse(text))
  },
}
const bytes = mode === 'idle' ? Buffer.alloc(0) : readFileSync(file)
const peer = await peers[mode]?.()
const started = performance.now()
const cpu = process.cpuUsage()
let kept: unknown
if (mode === 'parse') kept = JSON.parse(bytes.toString('utf8'))
if (mode === 'import') {
  const { document } = importOpenApi(bytes.toString('utf8'), { serverUrl: 'https://api.example.test' })
  kept = compileConnector(checkMade(document), '1.0.0')
}
if (peer !== undefined) kept = await peer(bytes.toString('utf8'))
const { user, system } = process.cpuUsage(cpu)
const ms = performance.now() - started
console.log(
  JSON.stringify({ ms, cpuMs: (user + system) / 1000, peakMb: process.resourceUsage().maxRSS / 1024, kept: kept !== undefined }),
)
