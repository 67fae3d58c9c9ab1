import type { Clock } from '../../../clock.ts'
import { Cache } from '../../../connections/cache.ts'
import { openClient } from '../../../connections/mcp/client.ts'
import type { Standing } from '../../../connections/mcp/standing-stream.ts'
import type { Programs } from '../../../egress/programs/programs.ts'
import { EgressError } from '../../../egress/types.ts'
import type { Log } from '../../../log.ts'
import { capabilitiesFor, fingerprintsOf, type Kept, listening } from './kept.ts'
import { createProgramPool } from './program-pool.ts'
import { farewellMs } from './turn.ts'
import type { McpSessions, McpUse, Turn } from './types.ts'

/** A session that nobody uses is given up after this time. */
const idleMs = 300_000
/** How often a connector is looked at because of calls. */
const lookMs = 60_000
const maxIdle = 500
const maxIdleOfOne = 4

/** A server may remember what a session did: it is only ever one caller's, over one credential and version. */
function keyOf(run: McpUse): string {
  const { caller, connection } = run
  const { id, connector, credentialVersion, baseUrl } = connection
  const who = [caller.workspaceId, caller.kind, caller.id, capabilitiesFor(run)]
  return JSON.stringify([...who, id, connector.version, credentialVersion, baseUrl])
}

const pause = () => Promise.reject(new EgressError('aborted', false, 'No call uses this session.'))

interface Idle extends Kept {
  timer?: NodeJS.Timeout | undefined
}

interface Dependencies {
  readonly clock: Clock
  readonly log: Log
  readonly programs: Programs
  readonly look: (workspaceId: string, connector: string) => Promise<unknown>
}

export function createMcpSessions({ clock, log, programs, look }: Dependencies): McpSessions {
  const ofPrograms = createProgramPool({ clock, programs })
  const looked = new Cache<true>({ max: 1_000, ttlMs: lookMs, clock })
  const idle = new Map<string, Idle[]>()
  let count = 0

  function take(key: string): Idle | undefined {
    const those = idle.get(key)
    const kept = those?.pop()
    if (those?.length === 0) idle.delete(key)
    if (kept === undefined) return undefined
    count--
    clearTimeout(kept.timer)
    return kept
  }

  function keep(key: string, kept: Idle): void {
    const those = idle.get(key) ?? []
    if (count >= maxIdle || those.length >= maxIdleOfOne) {
      giveUp(kept)
      return
    }
    count++
    idle.set(key, [...those, kept])
    kept.timer = setTimeout(() => {
      const left = (idle.get(key) ?? []).filter((one) => one !== kept)
      if (left.length === 0) idle.delete(key)
      else idle.set(key, left)
      count--
      giveUp(kept)
    }, idleMs).unref()
  }

  function giveUp({ client }: Kept): void {
    client.close().catch(() => {})
  }

  async function open(run: McpUse, turn: Turn): Promise<Kept> {
    const { connection, timeLeft, signal } = run
    const place = {
      url: connection.baseUrl ?? '',
      transport: connection.connector.document.mcp?.transport ?? ('http' as const),
    }
    const capabilities = capabilitiesFor(run)
    let kept: Kept | null = null
    let stream: Standing | undefined
    const client = await openClient(place, {
      fetch: (url, init) => (kept === null ? turn.fetch(url, init) : (kept.turn?.fetch(url, init) ?? pause())),
      timeoutMs: timeLeft(),
      signal,
      capabilities,
      standing(found) {
        stream = found
        if (kept !== null) kept.standing = found
      },
    })
    const made: Kept = { client, turn, listed: null, ...(stream !== undefined && { standing: stream }) }
    kept = made
    return listening(made, capabilities)
  }

  return {
    noticed({ connection: { workspaceId, connector } }) {
      const key = `${workspaceId}/${connector.id}@${connector.version}`
      if (looked.get(key) !== undefined) return
      looked.set(key, true)
      look(workspaceId, connector.id).catch((error: unknown) =>
        log.warn({ err: error, connector: connector.id }, 'what is new at an MCP server could not be looked at'),
      )
    },

    async enter(run, turn, fresh) {
      const { program } = run.connection.connector.document.mcp ?? {}
      if (program !== undefined) return ofPrograms.enter(run, turn, program)
      const key = keyOf(run)
      const known = fresh ? undefined : take(key)
      const kept: Idle = known ?? (await open(run, turn))
      kept.turn = turn
      const { client } = kept
      return {
        client,
        used: known !== undefined,
        fingerprints: (use) => fingerprintsOf(kept, use, clock),
        listen: async () => kept.standing?.open(turn.listen),
        leave(sound) {
          kept.turn = null
          // The stream of the old transport ends with the call.
          const standing = run.connection.connector.document.mcp?.transport === 'sse'
          if (sound && !standing) keep(key, kept)
          // A server that is told that the call was given up is told before.
          else setTimeout(giveUp, farewellMs, kept).unref()
        },
      }
    },

    async close() {
      for (const kept of [...idle.values()].flat()) {
        clearTimeout(kept.timer)
        giveUp(kept)
      }
      idle.clear()
      count = 0
      await ofPrograms.close()
    },
  }
}
