/**
 * The authorization suite of the MCP project against a fresh gateway: `npm run test:oauth`. The suite comes by npx, so this needs
 * the registry, or a cache that has it. Its page is answered over the API, as the person's browser would; that the page does so
 * is gateway/test/oauth-client.test.ts. Ends with the exit code of the suite.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { postJson, setUp } from '../oauth-harness.ts'
import { cleanEnvironment, removeDataDir, startGatewayProcess } from '../support/gateway.ts'

/** The first version with this suite for the revision 2026-07-28. */
const suite = '@modelcontextprotocol/conformance@0.2.0-alpha.12'
const callback = 'http://127.0.0.1:3000/callback'

const gateway = await startGatewayProcess()
const browser = await setUp(gateway)
const { id } = await gateway.client().clients.create({ name: 'Conformance', redirect_uris: [callback] })
const args = [
  '-y',
  '-p',
  suite,
  'conformance',
  'authorization',
  '--url',
  gateway.url,
  '--client-id',
  id,
  '--resource',
  `${gateway.url}/mcp`,
]
const child = spawn('npx', [...args, ...process.argv.slice(2)], { env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'inherit'] })

let output = ''
let answered = false
child.stdout.on('data', (data: Buffer) => {
  process.stdout.write(data)
  output += data.toString()
  const page = /\S+\/authorize\?\S+(?=\s)/.exec(output)?.[0]
  if (page === undefined || answered) return
  answered = true
  const asked = Object.fromEntries(new URL(page).searchParams)
  void postJson(`${gateway.url}/api/v1/authorization`, { ...asked, allow: true }, browser).then(({ json }) => fetch(json.url))
})
const [code] = await once(child, 'exit')
await gateway.stop()
await removeDataDir(gateway.dataDir)
process.exitCode = Number(code ?? 1)
