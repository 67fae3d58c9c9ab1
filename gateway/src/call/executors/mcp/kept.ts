import type { Client } from '@modelcontextprotocol/client'
import type { Clock } from '../../../clock.ts'
import { listAll } from '../../../connections/mcp/tool-list.ts'
import type { McpUse, Turn } from './types.ts'

/** How long what a server said of its tools is believed. */
const listMs = 30_000

/** A client of a server that outlives a call. */
export interface Kept {
  readonly client: Client
  /** The call that uses it. */
  turn: Turn | null
  listed: { readonly at: number; readonly tools: ReadonlyMap<string, string> } | null
}

/** What the server tells meanwhile goes to the call that uses it. */
export function listening<K extends Kept>(kept: K): K {
  kept.client.setNotificationHandler('notifications/message', ({ params }) => kept.turn?.told(params))
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
