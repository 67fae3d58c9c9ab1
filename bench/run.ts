import { benchAudit } from './audit.ts'
import { benchCall } from './call.ts'
import { benchCatalog } from './catalog.ts'
import { benchHold } from './hold.ts'
import { benchImport } from './import.ts'
import { benchMcp } from './mcp.ts'
import type { Figures } from './report.ts'
import { benchSandbox } from './sandbox.ts'
import { benchSearch } from './search.ts'
import { benchStart } from './start.ts'
import { benchWorkspaces } from './workspaces.ts'

/** `npm run bench -- NAME [--json]`: measures one thing beside its baseline and ends with one line of JSON figures. */
const benches: Readonly<Record<string, (say: (line: string) => void, args: readonly string[]) => Promise<Figures>>> = {
  audit: benchAudit,
  call: benchCall,
  catalog: benchCatalog,
  hold: benchHold,
  import: benchImport,
  sandbox: benchSandbox,
  mcp: benchMcp,
  search: benchSearch,
  start: benchStart,
  workspaces: benchWorkspaces,
}

const args = process.argv.slice(2)
const bench = benches[args.find((arg) => !arg.startsWith('-')) ?? '']
if (bench === undefined) {
  console.error(`Usage: npm run bench -- ${Object.keys(benches).join('|')} [--json]`)
  process.exit(2)
}
if (process.platform !== 'linux') {
  console.error('The benchmarks read processor time and memory from /proc, so they run on Linux only.')
  process.exit(2)
}
const json = args.includes('--json')
const figures = await bench((line) => {
  if (!json) console.log(line)
}, args)
if (!json) for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(24)} ${value}`)
console.log(JSON.stringify(figures))
