import type { TestCheck } from '../../api/types.ts'

/** What to do about a check that failed. Empty for actions, whose own words say it. */
export function remedyOf({ id, phases }: TestCheck): string {
  switch (id) {
    case 'reachable':
      if (phases?.dns === 'failed')
        return 'Look for a mistake in the base URL. A name of your own network needs a DNS that the gateway asks.'
      if (phases?.tcp === 'failed')
        return 'Look at the port in the base URL, whether the API runs, and whether a firewall stands in between.'
      if (phases?.tls === 'failed')
        return 'Have the API’s certificate renewed, or enter the authority that signed it in the document of the connector.'
      return 'Look at the base URL and at whether the API runs, then test again.'
    case 'authenticated':
      return 'Make a current credential at the provider, and enter it for this connection.'
    case 'tools':
      return 'See that the address is the one at which the MCP server takes messages, and that it runs.'
    case 'schema':
      return 'Correct the output schema in the document of the connector, or check whether its API has changed.'
    default:
      return ''
  }
}
