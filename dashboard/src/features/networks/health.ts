import type { Network } from '../../api/types.ts'
import { plural } from '../../lib/format.ts'
import type { State } from '../../ui/status.tsx'

const states = {
  well: { shape: 'disc', tone: 'ok', words: 'Connected' },
  part: { shape: 'half', tone: 'warn', words: 'Not to every gateway' },
  away: { shape: 'triangle', tone: 'bad', words: 'No agent is connected' },
  none: { shape: 'ring', tone: 'idle', words: 'Waits for an agent' },
} as const satisfies Record<string, State>

/** How a network is, as a mark and a few words: a call needs an agent at the gateway that it reaches. */
export function healthOf({ agents, gateways }: Network): { readonly state: State; readonly words: string } {
  const online = agents.filter((agent) => agent.online)
  if (agents.length === 0) return { state: states.none, words: states.none.words }
  if (online.length === 0) return { state: states.away, words: states.away.words }
  const everywhere = online.some((agent) => agent.gateways >= gateways)
  return everywhere
    ? { state: states.well, words: `${plural(online.length, 'agent')} connected` }
    : { state: states.part, words: states.part.words }
}
