import { sql, type Transaction } from 'kysely'
import type { WebSocket } from 'ws'
import type { Tunnels } from '../egress/tunnel/dispatch.ts'
import { protocols } from '../egress/tunnel/frames.ts'
import { closeCodes, Link } from '../egress/tunnel/link.ts'
import { parseAgentMessage, type Register } from '../egress/tunnel/messages.ts'
import { acceptSocket } from '../egress/tunnel/sockets.ts'
import { SallyportError } from '../errors.ts'
import type { Log } from '../log.ts'
import { createRounds } from '../rounds.ts'
import { gatewayActor, recordAct } from '../store/acts.ts'
import type { Database } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import { sha256Secret } from '../vault/digest.ts'
import type { Replicas } from './replicas.ts'
import type { AgentDoor } from './types.ts'

/** Until an agent that is connected has said who it is. */
const registerMs = 10_000
const beatMs = 10_000
/** Names of instances that an agent's name had before, and that do not get it back. */
const maxFormer = 20
const superseded = 'another agent with this name has taken its place'

interface Dependencies {
  readonly store: Store
  readonly replicas: Replicas
  readonly log: Log
  /** Milliseconds between two pings. */
  readonly heartbeatMs?: number
}

/** Whose token it was. */
interface Guest {
  readonly workspaceId: string
  readonly network: string
  readonly networkName: string
  readonly tokenId: string
  readonly address: string
}

/** A registered agent at this gateway. */
interface Peer extends Guest {
  readonly link: Link
  readonly agent: string
  readonly instance: string
  /** Null for any. */
  readonly connectors: ReadonlySet<string> | null
  draining: boolean
}

/** Those that count: not revoked, not expired. */
const counts = sql<boolean>`network_tokens.revoked_at is null and (network_tokens.expires_at is null or network_tokens.expires_at > now())`

/** Notes an agent's process; false when it had its name before another took it. Audited when it is new. */
async function enter(
  db: Transaction<Database>,
  guest: Guest,
  said: Register,
  protocol: number,
  replica: string,
): Promise<boolean> {
  const { workspaceId: workspace_id, network: network_id, tokenId: token_id, address } = guest
  const { agent: name, instance, version, connectors } = said
  const network = await db
    .selectFrom('networks')
    .innerJoin('network_tokens', 'network_tokens.network_id', 'networks.id')
    .select('networks.id')
    .where('network_tokens.id', '=', token_id)
    .where(counts)
    .forUpdate('networks')
    .executeTakeFirst()
  if (network === undefined) throw new SallyportError('UNAUTHENTICATED')
  const before = await db
    .selectFrom('network_agents')
    .select(['instance', 'former'])
    .where('network_id', '=', network_id)
    .where('name', '=', name)
    .executeTakeFirst()
  if (before?.former.includes(instance)) return false
  const isNew = before?.instance !== instance
  const held = isNew
    ? await db.deleteFrom('network_links').where('network_id', '=', network_id).where('agent', '=', name).executeTakeFirst()
    : null
  const former = before === undefined || !isNew ? (before?.former ?? []) : [...before.former, before.instance].slice(-maxFormer)
  const facts = { token_id, version, protocol, connectors: JSON.stringify(connectors), address, seen_at: sql<Date>`now()` }
  const values = { ...facts, former: [...former], connected_at: sql<Date>`now()` }
  await db
    .insertInto('network_agents')
    .values({ workspace_id, network_id, name, instance, ...values })
    .onConflict((conflict) =>
      conflict.columns(['network_id', 'name']).doUpdateSet(isNew ? { instance, ...values } : { ...facts }),
    )
    .execute()
  await db
    .insertInto('network_links')
    .values({ workspace_id, network_id, agent: name, replica_id: replica })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await db.updateTable('network_tokens').set({ last_used_at: sql<Date>`now()` }).where('id', '=', token_id).execute()
  if (isNew) {
    const kind = held !== null && held.numDeletedRows > 0n ? 'network.agent_replaced' : 'network.agent_joined'
    const target = { kind: 'network', id: network_id, name: guest.networkName }
    await recordAct(db, workspace_id, {
      ...{ kind, target, by: gatewayActor, ip: address },
      after: { agent: name, version, protocol, connectors, token: token_id },
    })
  }
  return true
}

/** Where agents come in, and how requests find one. */
export function createGate({ store, replicas, log, heartbeatMs }: Dependencies) {
  /** By network. */
  const peers = new Map<string, Set<Peer>>()
  let live: readonly string[] = [replicas.id]
  let stopping = false
  /** Registered or not. */
  const links = new Set<Link>()
  const all = () => [...peers.values()].flatMap((each) => [...each])

  function drop(peer: Peer): void {
    const others = peers.get(peer.network)
    if (!others?.delete(peer)) return
    if (others.size === 0) peers.delete(peer.network)
    const { workspaceId, network, agent, instance } = peer
    if ([...others].some((other) => other.agent === agent)) return
    store
      .workspace(workspaceId, async (db) => {
        const isOwn = sql<boolean>`exists (select from network_agents a where a.network_id = network_links.network_id
          and a.name = network_links.agent and a.instance = ${instance})`
        await db
          .deleteFrom('network_links')
          .where('network_id', '=', network)
          .where('agent', '=', agent)
          .where('replica_id', '=', replicas.id)
          .where(isOwn)
          .execute()
      })
      .catch((error: unknown) => log.debug({ err: error, network, agent }, 'the end of a link was not noted'))
  }

  function cut(peer: Peer, code: number, reason: string): void {
    log.info({ network: peer.network, agent: peer.agent, reason }, 'an agent is disconnected')
    peer.link.close(code, reason)
    drop(peer)
  }

  /** Cuts the links whose token counts no more, or whose name somebody else has taken. */
  async function recheck(workspaceId: string | null): Promise<void> {
    const concerned = all().filter((peer) => workspaceId === null || peer.workspaceId === workspaceId)
    if (concerned.length === 0) return
    const ids = [...new Set(concerned.map(({ tokenId }) => tokenId))]
    const networks = [...new Set(concerned.map(({ network }) => network))]
    const [tokens, agents] = await store.system(async (db) => [
      await db.selectFrom('network_tokens').select('id').where('id', 'in', ids).where(counts).execute(),
      await db
        .selectFrom('network_agents')
        .select(['network_id', 'name', 'instance'])
        .where('network_id', 'in', networks)
        .execute(),
    ])
    const good = new Set(tokens.map(({ id }) => id))
    const current = new Map(agents.map(({ network_id, name, instance }) => [`${network_id}/${name}`, instance]))
    for (const peer of concerned) {
      if (!good.has(peer.tokenId)) cut(peer, closeCodes.refused, 'The token was revoked or has expired.')
      else if (current.get(`${peer.network}/${peer.agent}`) !== peer.instance) cut(peer, closeCodes.superseded, superseded)
    }
  }

  async function register(guest: Guest, link: Link, said: Register): Promise<Peer | null> {
    const protocol = protocols.find((version) => said.protocols.includes(version))
    const refuse = (reason: string) => {
      link.control({ type: 'refused', reason })
      link.close(closeCodes.policy, 'refused')
      return null
    }
    if (protocol === undefined)
      return refuse(
        `This gateway speaks version ${protocols.join(', ')} of the agents' protocol, the agent ${said.protocols.join(', ') || 'none'}. Run the version of Sallyport that the gateway has.`,
      )
    if (said.met.includes(replicas.id)) {
      link.control({ type: 'met', gateway: replicas.id, gateways: live })
      return null
    }
    if (!(await store.workspace(guest.workspaceId, (db) => enter(db, guest, said, protocol, replicas.id))))
      return refuse(`An agent named "${said.agent}" has taken the place of this one. Give each its own --name.`)
    if (!link.isOpen) return null
    const peer = {
      ...{ ...guest, link, agent: said.agent, instance: said.instance, draining: false },
      connectors: said.connectors === null ? null : new Set(said.connectors),
    }
    const others = peers.get(guest.network) ?? new Set<Peer>()
    for (const other of others)
      if (other.agent === peer.agent) {
        if (other.instance === peer.instance) cut(other, closeCodes.normal, 'a newer link took its place')
        else cut(other, closeCodes.superseded, superseded)
      }
    peers.set(guest.network, others.add(peer))
    link.control({ type: 'registered', protocol, gateway: replicas.id, gateways: live, network: guest.networkName })
    log.info({ network: guest.network, agent: said.agent, version: said.version, protocol }, 'an agent is connected')
    // A revocation since it was noted did not find it here.
    await recheck(guest.workspaceId)
    return peer
  }

  function welcome(guest: Guest, socket: WebSocket): void {
    let peer: Peer | null = null
    let registering = false
    const timer = setTimeout(() => link.close(closeCodes.policy, 'nobody registered'), registerMs).unref()
    const link: Link = new Link(socket, {
      ...(heartbeatMs !== undefined && { heartbeatMs }),
      onControl(said) {
        const message = parseAgentMessage(said)
        if (message === null) return link.close(closeCodes.protocol, 'message')
        if (message.type === 'drain') {
          if (peer !== null) peer.draining = true
          return
        }
        if (registering) return link.close(closeCodes.protocol, 'registered twice')
        registering = true
        clearTimeout(timer)
        register(guest, link, message).then(
          (made) => {
            peer = made
          },
          (error: unknown) => {
            if (error instanceof SallyportError && error.code === 'UNAUTHENTICATED')
              return link.close(closeCodes.refused, 'The token was revoked or has expired.')
            log.warn({ err: error, network: guest.network }, 'an agent could not be registered')
            link.close(closeCodes.away, 'try again')
          },
        )
      },
      onClosed(code, reason) {
        links.delete(link)
        clearTimeout(timer)
        if (peer === null) return
        log.info({ network: peer.network, agent: peer.agent, code, reason }, 'an agent is gone')
        drop(peer)
      },
    })
    links.add(link)
  }

  const rounds = createRounds({
    everyMs: beatMs,
    async round() {
      const before = live.join()
      live = await replicas.beat()
      await recheck(null)
      if (live.join() !== before) for (const { link } of all()) link.control({ type: 'gateways', gateways: live })
      const here = all()
      if (here.length === 0) return
      await store.system((db) =>
        sql`update network_agents set seen_at = now() from unnest(${here.map(({ network }) => network)}::text[],
          ${here.map(({ agent }) => agent)}::text[]) as here(network, agent)
          where network_id = here.network and name = here.agent`.execute(db),
      )
    },
  })

  const tunnels: Tunnels = {
    pick({ network, connector }) {
      let best: Link | null = null
      for (const { link, connectors, draining } of peers.get(network) ?? []) {
        if (draining || !link.isOpen || link.isFull || connectors?.has(connector) === false) continue
        if (best === null || link.streams < best.streams) best = link
      }
      return best
    },
  }

  const door: AgentDoor = {
    async admit(token, address) {
      if (stopping) throw new SallyportError('UNAVAILABLE', { detail: 'The gateway is stopping.' })
      const found = await store.system((db) =>
        db
          .selectFrom('network_tokens')
          .innerJoin('networks', 'networks.id', 'network_tokens.network_id')
          .select(['network_tokens.id', 'network_tokens.workspace_id', 'network_tokens.network_id', 'networks.name'])
          .where('network_tokens.hash', '=', sha256Secret(token))
          .where(counts)
          .executeTakeFirst(),
      )
      if (found === undefined)
        throw new SallyportError('UNAUTHENTICATED', {
          detail: 'This is no token of a private network, or it was revoked or has expired. Make a new one on the Networks page.',
        })
      const guest = {
        ...{ workspaceId: found.workspace_id, network: found.network_id, networkName: found.name },
        ...{ tokenId: found.id, address },
      }
      return { accept: (request, socket, head) => acceptSocket(request, socket, head, (made) => welcome(guest, made)) }
    },
  }

  return {
    tunnels,
    door,
    recheck,

    /** Announces this gateway; what it returns takes that back. */
    start(): () => Promise<void> {
      const unsubscribe = store.onRightsChanged((workspaceId) => {
        recheck(workspaceId).catch((error: unknown) => log.warn({ err: error }, 'links of agents could not be checked'))
      })
      const stop = rounds.start((error) => log.warn({ err: error }, 'this gateway could not be announced to agents'))
      return async () => {
        unsubscribe()
        await stop()
        await replicas.leave().catch(() => {})
      }
    },

    /** How many sockets agents hold. */
    get sockets() {
      return links.size
    },

    /** Whether requests are under way through agents here. */
    get isBusy() {
      return [...links].some(({ streams }) => streams > 0)
    },

    /** Lets no more agents in. */
    refuse(): void {
      stopping = true
    },

    /** Ends every link: the agents go to other gateways. */
    close(): void {
      stopping = true
      for (const link of links) link.close(closeCodes.away, 'the gateway is stopping')
      for (const peer of all()) drop(peer)
    },
  }
}
export type Gate = ReturnType<typeof createGate>
