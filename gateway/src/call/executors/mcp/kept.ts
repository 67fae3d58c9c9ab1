import type { Client, ClientCapabilities } from '@modelcontextprotocol/client'
import type { Clock } from '../../../clock.ts'
import type { Standing } from '../../../connections/mcp/standing-stream.ts'
import { listAll } from '../../../connections/mcp/tool-list.ts'
import type { McpUse, Turn } from './types.ts'

/** How long what a server said of its tools is believed. */
const listMs = 30_000

/** A client of a server that outlives a call. */
export interface Kept {
  readonly client: Client
  /** The call that uses it. */
  turn: Turn | null
  /** Of a server of an earlier revision over HTTP: where it asks. */
  standing?: Standing
  listed: { readonly at: number; readonly tools: ReadonlyMap<string, string> } | null
}

/** What a server may ask of the person in front of a caller; the same caller may come with another program. */
export function capabilitiesFor({ watch }: Pick<McpUse, 'watch'>): ClientCapabilities {
  const { form = false, url = false } = watch?.person ?? {}
  return form || url ? { elicitation: { ...(form && { form: {} }), ...(url && { url: {} }) } } : {}
}

/** What the server tells and asks meanwhile goes to the call that uses it. */
export async function listening<K extends Kept>(kept: K, capabilities: ClientCapabilities): Promise<K> {
  const { ProtocolError, ProtocolErrorCode } = await import('@modelcontextprotocol/client')
  const { client } = kept
  client.setNotificationHandler('notifications/message', ({ params }) => kept.turn?.told(params))
  if (capabilities.elicitation !== undefined)
    client.setRequestHandler(
      'elicitation/create',
      async ({ params }) => (await kept.turn?.asked(params)) ?? { action: 'decline' as const },
    )
  client.fallbackRequestHandler = async ({ method }) => {
    const why =
      method === 'sampling/createMessage'
        ? 'Sallyport lends its callers’ models to no server: ask a model of your own.'
        : `Sallyport does not answer ${method.slice(0, 100)}.`
    throw new ProtocolError(ProtocolErrorCode.MethodNotFound, why)
  }
  return kept
}

export async function fingerprintsOf(
  kept: Kept,
  { timeLeft, signal }: Pick<McpUse, 'timeLeft' | 'signal'>,
  clock: Clock,
): Promise<ReadonlyMap<string, string>> {
  const { listed, client } = kept
  if (listed !== null && clock.monotonic() - listed.at < listMs) return listed.tools
  const tools = await listAll(client, { timeout: timeLeft(), signal })
  // Of two of one name nobody knows which is called.
  const byName = Map.groupBy(tools, ({ name }) => name)
  const found = new Map([...byName].flatMap(([name, [one, other]]) => (one && !other ? [[name, one.fingerprint]] : [])))
  kept.listed = { at: clock.monotonic(), tools: found }
  return found
}
