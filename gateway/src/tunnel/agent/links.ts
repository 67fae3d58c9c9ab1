import { protocols } from '../../egress/tunnel/frames.ts'
import { closeCodes, Link } from '../../egress/tunnel/link.ts'
import { parseGatewayMessage } from '../../egress/tunnel/messages.ts'
import { dialGateway, type GatewayAddress, NotAccepted } from '../../egress/tunnel/sockets.ts'
import type { Log } from '../../log.ts'
import type { Serve } from './serve.ts'

/** Waits between attempts: doubling from the first to the longest, each cut by chance so that agents do not come back together. */
const firstWaitMs = 500
const longestWaitMs = 30_000
/** Until a gateway has said what it makes of the registration. */
const registerMs = 10_000

/** What an agent says of itself. */
export interface Self {
  readonly version: string
  readonly agent: string
  readonly instance: string
  readonly connectors: readonly string[] | null
}

interface Dependencies {
  readonly address: GatewayAddress
  readonly self: Self
  readonly serve: Serve
  readonly log: Log
  /** Told once, when the first gateway has taken the agent. */
  readonly ready: (network: string) => void
  readonly heartbeatMs?: number
}

/** No further attempt can help: the message says what a person has to do. */
export class AgentEnded extends Error {
  override readonly name = 'AgentEnded'
}

/** Milliseconds to wait before the next attempt after so many that failed. */
export function jitter(failures: number, random: () => number = Math.random): number {
  const most = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures, 10))
  return Math.ceil(most / 2 + (random() * most) / 2)
}

/**
 * The links of an agent: one to each gateway there is. It knows one address, behind which there may be several gateways; those
 * name each other, and the agent goes on asking the address until it has met them all.
 */
export function createLinks({ address, self, serve, log, ready, heartbeatMs }: Dependencies) {
  const met = new Map<string, Link>()
  let live: ReadonlySet<string> = new Set()
  let stopping = false
  let draining = false
  let failures = 0
  let wake = () => {}
  const leaving = new AbortController()

  const complete = () => met.size > 0 && [...live].every((id) => met.has(id))

  function opened(link: Link, stream: Parameters<Serve>[0], head: unknown) {
    // Said once more, for a request that crossed the goodbye.
    if (draining) return stream.reset({ fault: 'no_agent', sent: false, message: 'The agent is stopping.' })
    if (link.isOpen) serve(stream, head)
  }

  /** One attempt: to true when a gateway was met that was not known. */
  async function connect(): Promise<boolean> {
    const socket = await dialGateway(address, leaving.signal)
    return new Promise((resolve, reject) => {
      let gateway: string | null = null
      const timer = setTimeout(() => link.terminate(), registerMs)
      const link: Link = new Link(socket, {
        ...(heartbeatMs !== undefined && { heartbeatMs }),
        onOpen: (stream, head) => opened(link, stream, head),
        onControl(said) {
          const message = parseGatewayMessage(said)
          switch (message?.type) {
            case 'registered':
              clearTimeout(timer)
              gateway = message.gateway
              met.set(gateway, link)
              live = new Set(message.gateways)
              log.info({ gateway, network: message.network, protocol: message.protocol }, 'connected to a gateway')
              ready(message.network)
              return resolve(true)
            case 'met':
              clearTimeout(timer)
              live = new Set(message.gateways)
              link.close(closeCodes.normal, 'met')
              return resolve(false)
            case 'refused':
              clearTimeout(timer)
              return reject(new AgentEnded(message.reason))
            case 'gateways':
              live = new Set(message.gateways)
              return complete() ? undefined : wake()
            default:
              return link.terminate()
          }
        },
        onClosed(code, reason) {
          clearTimeout(timer)
          if (gateway === null) return reject(new NotAccepted(`The gateway hung up (${code}).`, null))
          if (met.get(gateway) === link) met.delete(gateway)
          if (!stopping) log.warn({ gateway, code, reason }, 'a gateway is gone')
          if (code === closeCodes.superseded)
            end(new AgentEnded(`Another agent named "${self.agent}" has taken the place of this one. Give each its own --name.`))
          else if (code === closeCodes.refused) end(new AgentEnded(reason || 'The gateway does not want this agent any more.'))
          wake()
        },
      })
      link.control({ type: 'register', protocols: [...protocols], ...self, met: [...met.keys()] })
    })
  }

  const { promise: ended, resolve: over, reject: end } = Promise.withResolvers<void>()

  async function pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    leaving.signal.addEventListener('abort', () => resolve(), { once: true })
    await promise
    clearTimeout(timer)
  }

  async function untilWanted(): Promise<void> {
    if (!complete() || stopping) return
    await new Promise<void>((resolve) => {
      wake = resolve
    })
  }

  async function run(): Promise<void> {
    while (!stopping) {
      await untilWanted()
      if (stopping) return
      try {
        if (await connect()) {
          failures = 0
          continue
        }
      } catch (error) {
        if (stopping) return
        if (error instanceof AgentEnded) throw error
        if (error instanceof NotAccepted && (error.status === 401 || error.status === 403)) throw new AgentEnded(error.message)
        log.warn(
          { cause: error instanceof Error ? error.message : String(error), attempt: failures + 1 },
          'no connection to the gateway',
        )
      }
      await pause(jitter(failures++))
    }
  }
  run().catch(end)

  return {
    /** Resolves when stopped; rejects with AgentEnded when the agent cannot go on. */
    ended,
    gateways: () => [...met.keys()],

    /** Takes no more requests, waits for those under way for at most so long, and says goodbye. */
    async stop(waitMs: number): Promise<void> {
      stopping = true
      draining = true
      for (const link of met.values()) link.control({ type: 'drain' })
      wake()
      const until = performance.now() + waitMs
      while ([...met.values()].some(({ streams }) => streams > 0) && performance.now() < until)
        await new Promise((resolve) => setTimeout(resolve, 20))
      leaving.abort()
      for (const link of met.values()) link.close(closeCodes.away, 'stopped')
      over()
    },
  }
}
