import type { Manifest } from '../../gateway/src/call/manifest-types.ts'
import { openAws } from '../../gateway/src/egress/secret-managers/aws.ts'
import { type ReplicaContent, readContent } from '../../gateway/src/egress/secret-managers/content.ts'
import { openGcp } from '../../gateway/src/egress/secret-managers/gcp.ts'
import { type SecretManager, SecretManagerError } from '../../gateway/src/egress/secret-managers/types.ts'
import { openVault, type VaultCredential } from '../../gateway/src/egress/secret-managers/vault.ts'
import type { Egress } from '../../gateway/src/egress/types.ts'
import { SallyportError } from '../../gateway/src/errors.ts'

/** How long a secret is used without looking again, in milliseconds; the secret manager counts every read. */
const keptMs = 60_000
/** So long before its end one is read anew. */
const marginMs = 10_000
/** For a secret manager that lags behind what the gateway has just written: looks, and milliseconds between them. */
const looks = 20
const lookMs = 250

export interface ReaderOptions {
  readonly manifest: Manifest
  readonly egress: Egress
  readonly vault: VaultCredential | undefined
  /** Has a credential renewed; answers the version to read. Null without a gateway. */
  readonly refresh: ((connection: string, version: string) => Promise<string>) | null
}

export interface ReadSecret {
  readonly content: ReplicaContent
  /** Another one with every version that was read. */
  readonly sequence: number
  /** By the clock of the process (`performance.now`). */
  readonly until: number
}

function asProblem(error: unknown): unknown {
  if (!(error instanceof SecretManagerError)) return error
  const { fault, message } = error
  if (fault === 'denied' || fault === 'refused')
    return new SallyportError('FORBIDDEN', { detail: `The secret cannot be read. ${message}`, cause: error })
  return new SallyportError('UNAVAILABLE', {
    detail: `The secret cannot be read now. ${message}`,
    retryAfterSeconds: 5,
    cause: error,
  })
}

const expired = ({ expiresAt }: ReplicaContent, ahead = 0) => expiresAt !== null && Date.parse(expiresAt) - ahead <= Date.now()

/** Secrets of a workload, read from where the manifest says. It renews none: it reads again, and asks the gateway. */
export function createSecretReader({ manifest, egress, vault, refresh }: ReaderOptions) {
  const managers = new Map<string, Promise<SecretManager>>()
  const held = new Map<string, ReadSecret>()
  const underWay = new Map<string, Promise<ReadSecret>>()
  let sequence = 0

  function managerOf(backend: string): Promise<SecretManager> {
    const known = managers.get(backend)
    if (known !== undefined) return known
    const place = manifest.backends.find(({ id }) => id === backend)?.place
    const open = async (): Promise<SecretManager> => {
      switch (place?.kind) {
        case 'aws':
          return openAws(place, null, null)
        case 'gcp':
          return openGcp(place, null, null)
        case 'vault':
          if (vault !== undefined) return openVault(place, vault, egress)
          throw new SecretManagerError('refused', 'Give the runtime a credential for Vault: its option vault.')
        default:
          throw new SecretManagerError('refused', 'The manifest does not say where it is.')
      }
    }
    const made = open()
    managers.set(backend, made)
    made.catch(() => managers.delete(backend))
    return made
  }

  async function look(id: string): Promise<ReplicaContent> {
    const reference = manifest.connections.find((each) => each.id === id)?.secret
    if (reference == null)
      throw new SallyportError('INVALID_INPUT', { detail: 'This connection is in proxy mode: call it over the gateway.' })
    const manager = await managerOf(reference.backend)
    const found = await manager.read(reference.name)
    const content = found === null ? null : readContent(found.value)
    if (content?.connection === id) return content
    throw new SallyportError('NEEDS_REAUTH', {
      detail:
        found === null
          ? `There is no secret ${reference.reference}: the connection was removed, or its secret was deleted.`
          : `What stands in ${reference.reference} was not written by the gateway for this connection.`,
    })
  }

  function keep(id: string, content: ReplicaContent): ReadSecret {
    const left = content.expiresAt === null ? keptMs : Date.parse(content.expiresAt) - Date.now() - marginMs
    const kept = { content, sequence: ++sequence, until: performance.now() + Math.max(0, Math.min(keptMs, left)) }
    held.set(id, kept)
    return kept
  }

  /** Until the version is there that the gateway has named, or it has lagged for long enough. */
  async function awaited(id: string, version: string, last: ReplicaContent): Promise<ReplicaContent> {
    let content = last
    for (let tries = 0; content.version !== version && tries < looks; tries++) {
      if (tries > 0) await new Promise((resolve) => setTimeout(resolve, lookMs))
      content = await look(id)
    }
    return content
  }

  async function fresh(id: string, refused: ReplicaContent | null): Promise<ReadSecret> {
    const before = held.get(id) ?? null
    let content: ReplicaContent
    try {
      content = await look(id)
    } catch (error) {
      // The secret manager is away, and what is in hand counts still.
      const away = error instanceof SecretManagerError && (error.fault === 'unavailable' || error.fault === 'throttled')
      if (away && refused === null && before !== null && !expired(before.content)) return keep(id, before.content)
      throw error
    }
    if (content.version !== refused?.version && !expired(content)) return keep(id, content)
    if (refresh !== null) content = await awaited(id, await refresh(id, content.version), content)
    return keep(id, content)
  }

  return {
    /** `refused`: the sequence of one that the API did not take. Throws SallyportError. */
    async current(id: string, refused?: number): Promise<ReadSecret> {
      const known = held.get(id)
      if (known !== undefined && known.sequence !== refused && known.until > performance.now()) return known
      const joined = underWay.get(id)
      if (joined !== undefined) return joined
      const bad = known !== undefined && known.sequence === refused ? known.content : null
      const work = fresh(id, bad)
        .catch((error: unknown) => {
          throw asProblem(error)
        })
        .finally(() => underWay.delete(id))
      underWay.set(id, work)
      return work
    },
  }
}
