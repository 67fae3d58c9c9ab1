/**
 * The MCP project's conformance suite against a gateway, whose tools are those of an MCP server of our own behind it:
 * `npm run conformance [-- --json]`. Ends with one line of JSON, and with 0 when nothing failed but what a gateway does not relay.
 */
import { startAuthorizingProxy } from '../support/authorizing-proxy.ts'
import { connectConformanceUpstream } from '../support/conformance-upstream.ts'
import { removeDataDir, startGatewayProcess } from '../support/gateway.ts'
import { checkAuthorization } from './conformance-authorization.ts'
import { checkContent } from './conformance-content.ts'
import { requiredOf, revisions, runSuite } from './conformance-suite.ts'

/**
 * Scenarios of what a gateway does not do for the servers behind it, with the reason. They count as failed, also the three that the
 * suite lets pass without the tool they call: `missing-input-response`, `ignore-extra-params`, `validate-input`.
 */
const notRelayed: readonly (readonly [RegExp, string])[] = [
  [/tools-call-sampling$/, "the model and its bill are the caller's: no server behind the gateway is lent them"],
  [
    /input-required-result-(?!unsupported-methods)/,
    'its tools have longer names than the gateway gives to any; gateway/test/mcp-relay.test.ts asks the same questions',
  ],
  [
    /resources-(read-text|read-binary|templates-read|subscribe|unsubscribe)$/,
    "resources are the gateway's own, not its servers'",
  ],
  [/prompts-get-(embedded-resource|with-image)$/, 'prompts are made of examples, which are text'],
  [/server-stateless$/, 'its tool asks back for a capability of the caller, as for sampling'],
]
/** Not required by a revision, and of use: what they check a gateway must do too. */
const beside = { '2025-11-25': ['server-session-lifecycle'], '2026-07-28': ['http-header-validation'] }

const say = process.argv.includes('--json') ? () => {} : console.log
const started = Date.now()
const gateway = await startGatewayProcess()
const upstream = await connectConformanceUpstream(gateway.client())
const proxy = await startAuthorizingProxy(gateway.url, gateway.token)
const url = `${proxy.url}/mcp`

let passed = 0
let refused = 0
const broken: string[] = []
function count(scenario: string, problems: readonly string[] = ['It did not run.']): void {
  const reason = notRelayed.find(([pattern]) => pattern.test(scenario))?.[1]
  if (reason !== undefined) {
    refused++
    say(`not relayed ${scenario}: ${reason}`)
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
  await upstream.close()
  await removeDataDir(gateway.dataDir)
}
const seconds = Math.round((Date.now() - started) / 1000)
console.log(JSON.stringify({ passed, failed: broken.length + refused, not_relayed: refused, broken, seconds }))
process.exitCode = broken.length === 0 ? 0 : 1
