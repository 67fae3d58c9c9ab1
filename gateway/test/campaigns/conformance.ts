/**
 * The MCP project's conformance suite against a gateway, whose tools and prompts are those of an API of our own:
 * `npm run conformance [-- --json]`. Ends with one line of JSON, and with 0 when nothing failed but what still waits for MCP
 * servers behind the gateway.
 */
import { startAuthorizingProxy } from '../support/authorizing-proxy.ts'
import { startConformanceApi } from '../support/conformance-api.ts'
import { removeDataDir, startGatewayProcess } from '../support/gateway.ts'
import { checkAuthorization } from './conformance-authorization.ts'
import { checkContent } from './conformance-content.ts'
import { requiredOf, revisions, runSuite } from './conformance-suite.ts'

/**
 * Scenarios that an API over HTTP cannot play: they need a server that speaks MCP behind the gateway, with resources and pictured
 * prompts of its own, and one that asks back in the middle of a call. They count as failed, also the three that the suite lets
 * pass without the tool they call: `missing-input-response`, `ignore-extra-params`, `validate-input`.
 */
const needsMcpUpstream = [
  /tools-call-(mixed-content|with-logging|sampling|elicitation)$/,
  /elicitation-sep/,
  /resources-(read-text|read-binary|templates-read|subscribe|unsubscribe)$/,
  /prompts-get-(embedded-resource|with-image)$/,
  /server-stateless$/,
  /input-required-result-(?!unsupported-methods)/,
]
/** Not required by a revision, and of use: what they check a gateway must do too. */
const beside = { '2025-11-25': ['server-session-lifecycle'], '2026-07-28': ['http-header-validation'] }

const say = process.argv.includes('--json') ? () => {} : console.log
const started = Date.now()
const api = await startConformanceApi()
const gateway = await startGatewayProcess()
const owner = gateway.client()
await owner.connectors.create(api.connector)
await owner.connections.create({ connector: 'test' })
const proxy = await startAuthorizingProxy(gateway.url, gateway.token)
const url = `${proxy.url}/mcp`

let passed = 0
let waiting = 0
const broken: string[] = []
function count(scenario: string, problems: readonly string[] = ['It did not run.']): void {
  if (needsMcpUpstream.some((pattern) => pattern.test(scenario))) {
    waiting++
    say(`waits  ${scenario}`)
  } else if (problems.length === 0) {
    passed++
    say(`passed ${scenario}`)
  } else {
    broken.push(scenario)
    say([`FAILED ${scenario}`, ...problems].join('\n       '))
  }
}

try {
  for (const revision of revisions) {
    const results = await runSuite(['server', '--url', url, '--requirements', revision])
    for (const scenario of [...(await requiredOf(revision)), ...beside[revision]])
      count(`${revision} ${scenario}`, results.get(scenario))
    count(`${revision} content`, await checkContent(url, revision === '2025-11-25' ? 'legacy' : { pin: revision }))
  }
  for (const [scenario, problems] of await checkAuthorization(gateway)) count(`authorization ${scenario}`, problems)
} finally {
  await proxy.close()
  await gateway.stop()
  await api.close()
  await removeDataDir(gateway.dataDir)
}
const seconds = Math.round((Date.now() - started) / 1000)
console.log(JSON.stringify({ passed, failed: broken.length + waiting, waiting, broken, seconds }))
process.exitCode = broken.length === 0 ? 0 : 1
