import { postJson, setUp } from '../oauth-harness.ts'
import type { GatewayProcess } from '../support/gateway.ts'
import { type Results, runSuite } from './conformance-suite.ts'

const callback = 'http://127.0.0.1:3000/callback'

/**
 * The authorization suite. Its page is answered over the API, as the person's browser would; that the page does so is
 * gateway/test/oauth-client.test.ts. The suite listens on port 3000.
 */
export async function checkAuthorization(gateway: GatewayProcess): Promise<Results> {
  const browser = await setUp(gateway)
  const { id } = await gateway.client().clients.create({ name: 'Conformance', redirect_uris: [callback] })
  let answered = false
  const args = ['authorization', '--url', gateway.url, '--client-id', id, '--resource', `${gateway.url}/mcp`]
  return runSuite(args, (output) => {
    const page = /\S+\/authorize\?\S+(?=\s)/.exec(output)?.[0]
    if (page === undefined || answered) return
    answered = true
    const asked = Object.fromEntries(new URL(page).searchParams)
    void postJson(`${gateway.url}/api/v1/authorization`, { ...asked, allow: true }, browser).then(({ json }) => fetch(json.url))
  })
}
