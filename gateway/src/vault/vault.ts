import type { KeyObject } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { SallyportError } from '../errors.ts'
import { reveal, Secret } from '../secret.ts'
import { randomToken } from './digest.ts'
import { decrypt, encrypt, envelopeVersion, lengthPrefixed } from './envelope.ts'
import { RootKeyError } from './root-key-error.ts'
import type { KeyStore, Place, RootKey, Sealed, Vault } from './types.ts'
import { unwrapKey, wrapNewKey } from './wrapped-key.ts'

/** Workspaces whose keys stay unwrapped in memory; beyond it the one read first is forgotten, and read again when needed. */
const maxCachedWorkspaces = 10_000
/** Milliseconds until another process's new key is used for sealing here too. */
const freshMs = 5_000
/** Seconds until it makes sense to ask the key management service again. */
const retryAfterSeconds = 5

interface WorkspaceKeys {
  /** The key that seals: the newest. */
  readonly current: string
  readonly generation: number
  readonly wrapped: ReadonlyMap<string, Buffer>
  readonly unwrapped: Map<string, KeyObject>
  readonly readAt: number
}

function placeAad(place: Place, keyId: string): Buffer {
  const { workspace, table, row, column, version } = place
  return lengthPrefixed(['sallyport value', String(envelopeVersion), workspace, table, row, column, String(version), keyId])
}

function decryptFailed(reason: string, place: Place, keyId: string): SallyportError {
  const { workspace, table, row, column, version } = place
  return new SallyportError('DECRYPT_FAILED', {
    internal: `${reason}: ${table}.${column} of ${row}, version ${version}, workspace ${workspace}, key ${keyId}`,
  })
}

/** While the gateway runs, a key management service that fails is an outage and no damage. */
function asOutage(error: unknown): unknown {
  if (!(error instanceof RootKeyError)) return error
  return new SallyportError('UNAVAILABLE', {
    detail: 'The service that keeps the root key does not answer, or refuses. The log of the gateway says why.',
    retryAfterSeconds,
    internal: error.message,
    cause: error,
  })
}

/** Concurrent callers of the same key share one piece of work. */
function shared<T>(): (key: string, work: () => Promise<T>) => Promise<T> {
  const underWay = new Map<string, Promise<T>>()
  return (key, work) => {
    let pending = underWay.get(key)
    if (pending === undefined) {
      pending = work().finally(() => underWay.delete(key))
      underWay.set(key, pending)
    }
    return pending
  }
}

/** Sets up sealing under keys of each workspace, which the root key wraps. */
export function createVault({ root, keys, clock }: { root: RootKey; keys: KeyStore; clock: Clock }): Vault {
  const cache = new Map<string, WorkspaceKeys>()
  const reading = shared<WorkspaceKeys | null>()
  const unwrapping = shared<KeyObject | null>()

  /** Changes with every refresh: what was read before one is not kept after it. */
  let epoch = 0

  async function read(workspace: string): Promise<WorkspaceKeys | null> {
    const begun = epoch
    const stored = await keys.load(workspace)
    const known = cache.get(workspace)
    cache.delete(workspace)
    const newest = stored.at(-1)
    if (newest === undefined) return null
    const unwrapped = new Map<string, KeyObject>()
    for (const { keyId } of stored) {
      const key = known?.unwrapped.get(keyId)
      if (key !== undefined) unwrapped.set(keyId, key)
    }
    const entry: WorkspaceKeys = {
      current: newest.keyId,
      generation: newest.generation,
      wrapped: new Map(stored.map((key) => [key.keyId, key.wrapped])),
      unwrapped,
      readAt: clock.monotonic(),
    }
    if (begun !== epoch) return entry
    if (cache.size >= maxCachedWorkspaces) {
      const oldest = cache.keys().next()
      if (!oldest.done) cache.delete(oldest.value)
    }
    cache.set(workspace, entry)
    return entry
  }

  const load = (workspace: string) => reading(`${epoch} ${workspace}`, () => read(workspace))

  /** The keys as they are now, or were a moment ago. */
  function fresh(workspace: string): WorkspaceKeys | Promise<WorkspaceKeys | null> {
    const entry = cache.get(workspace)
    return entry !== undefined && clock.monotonic() - entry.readAt < freshMs ? entry : load(workspace)
  }

  async function add(workspace: string, generation: number): Promise<WorkspaceKeys> {
    const keyId = `key_${randomToken(12)}`
    const wrapped = await wrapNewKey(root, { workspace, keyId }).catch((error: unknown) => {
      throw asOutage(error)
    })
    await keys.add(workspace, { keyId, generation, wrapped })
    // Whichever process was first: its key is the one in the store.
    const stored = await read(workspace)
    if (stored === null) throw new SallyportError('INTERNAL', { internal: `the key store kept no key for ${workspace}` })
    return stored
  }

  function unwrap(workspace: string, entry: WorkspaceKeys, keyId: string): Promise<KeyObject | null> {
    return unwrapping(`${workspace} ${keyId}`, async () => {
      const wrapped = entry.wrapped.get(keyId)
      if (wrapped === undefined) return null
      try {
        const key = await unwrapKey(root, { workspace, keyId }, wrapped)
        if (key !== null) entry.unwrapped.set(keyId, key)
        return key
      } catch (error) {
        throw asOutage(error)
      }
    })
  }

  function openWith(key: KeyObject | null, place: Place, sealed: Sealed): Secret {
    if (key === null) throw decryptFailed('the workspace key is missing or cannot be unwrapped', place, sealed.keyId)
    const plaintext = decrypt(key, placeAad(place, sealed.keyId), sealed.ciphertext)
    if (plaintext === null) throw decryptFailed('authentication failed', place, sealed.keyId)
    const secret = new Secret(plaintext.toString('utf8'))
    plaintext.fill(0)
    return secret
  }

  async function openSlowly(place: Place, sealed: Sealed): Promise<Secret> {
    const { workspace } = place
    let entry = cache.get(workspace)
    // A workspace that rested, or a key that another process added since.
    if (!entry?.wrapped.has(sealed.keyId)) entry = (await load(workspace)) ?? undefined
    const key = entry === undefined ? null : (entry.unwrapped.get(sealed.keyId) ?? (await unwrap(workspace, entry, sealed.keyId)))
    return openWith(key, place, sealed)
  }

  return {
    async seal(place, plaintext) {
      const text = reveal(plaintext)
      if (!text.isWellFormed()) {
        throw new SallyportError('INVALID_INPUT', {
          detail: 'The secret is not valid Unicode text (it has half a surrogate pair).',
        })
      }
      const { workspace } = place
      const entry = (await fresh(workspace)) ?? (await add(workspace, 1))
      const keyId = entry.current
      const key = entry.unwrapped.get(keyId) ?? (await unwrap(workspace, entry, keyId))
      if (key === null) throw decryptFailed('the workspace key cannot be unwrapped', place, keyId)
      const bytes = Buffer.from(text, 'utf8')
      const ciphertext = encrypt(key, placeAad(place, keyId), bytes)
      bytes.fill(0)
      return { ciphertext, keyId }
    },

    open(place, sealed) {
      const key = cache.get(place.workspace)?.unwrapped.get(sealed.keyId)
      if (key === undefined) return openSlowly(place, sealed)
      try {
        return Promise.resolve(openWith(key, place, sealed))
      } catch (error) {
        return Promise.reject(error)
      }
    },

    refresh(workspace) {
      epoch++
      cache.delete(workspace)
    },

    async addKey(workspace, current) {
      const entry = await load(workspace)
      if (entry !== null && entry.current !== current) return entry.current
      return (await add(workspace, (entry?.generation ?? 0) + 1)).current
    },
  }
}
