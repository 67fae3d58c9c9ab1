import type { AuthScheme } from '../document.ts'
import { neededAddresses } from '../parse/check-oauth2.ts'

/** The flows that a document describes, with their addresses and scopes in the connector's words. */
export type Flows = NonNullable<Extract<AuthScheme, { type: 'bearer' }>['oauth2']>

/** Those that the gateway goes through by itself, the best first. `implicit` gives its token to a page, so that one is pasted. */
const usable = ['authorization_code', 'client_credentials', 'device_authorization', 'password'] as const

const byHand =
  'The document describes no flow of OAuth that the gateway can go through by itself: an access token is entered by hand. The addresses and scopes are kept.'

interface Taken {
  readonly scheme: Extract<AuthScheme, { type: 'oauth2' | 'bearer' }>
  /** What the report says of it; null when there is nothing to say. */
  readonly message: string | null
}

/** How a connection comes by its tokens: by the best flow, or by what its issuer says of itself at `discovery`. */
export function oauthScheme(flows: Flows, discovery?: string): Taken {
  const described = Object.keys(flows)
  const flow = usable.find((name) => neededAddresses[name].every((key) => isAddress(flows[name]?.[key])))
  if (flow !== undefined) {
    const { scopes, ...addresses } = flows[flow] ?? {}
    const kept = Object.fromEntries(Object.entries(addresses).filter(([, address]) => isAddress(address)))
    const others = described.filter((name) => name !== flow)
    return {
      scheme: { type: 'oauth2', flow, ...kept, ...(scopes !== undefined && { scopes }) },
      message: others.length === 0 ? null : `Tokens are obtained by the flow ${flow}; also described: ${others.join(', ')}.`,
    }
  }
  const issuer = /^(.+)\/\.well-known\/openid-configuration$/.exec(discovery ?? '')?.[1]
  if (isAddress(issuer)) return { scheme: { type: 'oauth2', issuer, default_scopes: ['openid'] }, message: null }
  return {
    scheme: {
      type: 'bearer',
      ...(described.length > 0 && { oauth2: flows }),
      ...(discovery !== undefined && { open_id_connect_url: discovery }),
    },
    message: byHand,
  }
}

/** Whether it is a whole address: documents also have relative ones, and none at all. */
function isAddress(text: string | undefined): text is string {
  return text !== undefined && /^https?:\/\/[^\s\\#{}@]+$/i.test(text) && URL.canParse(text)
}
