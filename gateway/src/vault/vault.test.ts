import { createSecretKey, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { SallyportError } from '../errors.ts'
import { reveal, Secret } from '../secret.ts'
import { decrypt, encrypt, lengthPrefixed } from './envelope.ts'
import { localRootKey } from './root-key.ts'
import { RootKeyError } from './root-key-error.ts'
import type { KeyStore, Place, RootKey, Sealed, StoredKey } from './types.ts'
import { createVault as createVaultWith } from './vault.ts'

const rootKey = createSecretKey(randomBytes(32))
const plaintext = 'sk_live_canary_0123456789'
const place: Place = { workspace: 'ws_1', table: 'connections', row: 'con_1', column: 'credential', version: 3 }

let now = 0
const clock = { now: () => now, monotonic: () => now }
const createVault = ({
  rootKey: key,
  root = localRootKey(key),
  keys,
}: {
  rootKey: typeof rootKey
  root?: RootKey
  keys: KeyStore
}) => createVaultWith({ root, keys, clock })

interface MemoryKeys extends KeyStore {
  readonly rows: Map<string, StoredKey[]>
  loads: number
}

/** The contract of the key table: the first key of a workspace and generation wins. */
function memoryKeys(): MemoryKeys {
  const rows = new Map<string, StoredKey[]>()
  const store: MemoryKeys = {
    rows,
    loads: 0,
    load(workspace) {
      store.loads++
      return Promise.resolve([...(rows.get(workspace) ?? [])])
    },
    add(workspace, key) {
      const stored = rows.get(workspace) ?? []
      if (!stored.some(({ generation }) => generation === key.generation)) rows.set(workspace, [...stored, key])
      return Promise.resolve()
    },
  }
  return store
}

function altered(bytes: Uint8Array, at: number, bit = 1): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ bit
  return copy
}

let keys: MemoryKeys
let sealed: Sealed

/** The key of ws_1, wrapped for another place by somebody who has the root key. Pins the stored format too. */
function rewrapped(workspace: string, keyId: string, generation = 1): StoredKey {
  const [first] = keys.rows.get('ws_1') ?? []
  if (first === undefined) throw new Error('no key')
  const bytes = decrypt(rootKey, lengthPrefixed(['sallyport workspace key', '1', 'ws_1', first.keyId]), first.wrapped)
  if (bytes === null) throw new Error('the stored format has changed')
  return {
    keyId,
    generation,
    wrapped: encrypt(rootKey, lengthPrefixed(['sallyport workspace key', '1', workspace, keyId]), bytes),
  }
}

beforeEach(async () => {
  keys = memoryKeys()
  sealed = await createVault({ rootKey, keys }).seal(place, new Secret(plaintext))
})

/** Opens with an empty cache, as after a restart, and again with a warm one: both must agree. */
async function refusal(where: Place, what: Sealed): Promise<SallyportError> {
  const vault = createVault({ rootKey, keys })
  const failures: SallyportError[] = []
  for (const _ of ['cold', 'warm']) {
    await vault.open(where, what).then(
      () => expect.unreachable('opened'),
      (error: unknown) => {
        expect(error).toBeInstanceOf(SallyportError)
        failures.push(error as SallyportError)
      },
    )
    await vault.seal(where, new Secret('warms the cache'))
  }
  const [cold, warm] = failures
  expect([cold?.code, warm?.code]).toEqual(['DECRYPT_FAILED', 'DECRYPT_FAILED'])
  return warm as SallyportError
}

describe('what was sealed', () => {
  it.each(['', 'a', plaintext, 'ключ-🔑', 'x'.repeat(100_000)])(
    'opens again in its place, also after a restart (%#)',
    async (text) => {
      const vault = createVault({ rootKey, keys })
      const value = await vault.seal(place, new Secret(text))
      expect(reveal(await vault.open(place, value))).toBe(text)
      expect(reveal(await createVault({ rootKey, keys }).open(place, value))).toBe(text)
    },
  )

  it('shows nothing of the plaintext, and neither does the key table', () => {
    expect(sealed.ciphertext.includes(plaintext)).toBe(false)
    for (const { wrapped } of keys.rows.get('ws_1') ?? []) expect(wrapped.length).toBe(1 + 12 + 16 + 32)
  })

  it('is refused after the change of any byte of version, iv, tag or ciphertext', async () => {
    for (let at = 0; at < sealed.ciphertext.length; at++) {
      await refusal(place, { ...sealed, ciphertext: altered(sealed.ciphertext, at) })
      await refusal(place, { ...sealed, ciphertext: altered(sealed.ciphertext, at, 0x80) })
    }
  })

  it('is refused when cut short or made longer', async () => {
    for (let length = 0; length < sealed.ciphertext.length; length++) {
      await refusal(place, { ...sealed, ciphertext: sealed.ciphertext.subarray(0, length) })
    }
    await refusal(place, { ...sealed, ciphertext: Buffer.concat([sealed.ciphertext, Buffer.of(0)]) })
  })

  it.each([
    ['row', { row: 'con_2' }],
    ['table', { table: 'approvals' }],
    ['column', { column: 'settings' }],
    ['older version', { version: 2 }],
    ['newer version', { version: 4 }],
    ['boundary between row and column', { row: 'con_', column: '1credential' }],
  ])('is refused in another %s', async (_, change) => {
    await refusal({ ...place, ...change }, sealed)
  })

  it('is refused in another workspace, even when the key is wrapped for it as well', async () => {
    await refusal({ ...place, workspace: 'ws_2' }, sealed)
    keys.rows.set('ws_2', [rewrapped('ws_2', sealed.keyId)])
    await refusal({ ...place, workspace: 'ws_2' }, sealed)
  })

  it('is refused under another key id, even when the key is wrapped for it as well', async () => {
    await refusal(place, { ...sealed, keyId: 'key_unknown' })
    keys.rows.set('ws_1', [...(keys.rows.get('ws_1') ?? []), rewrapped('ws_1', 'key_alias', 2)])
    await refusal(place, { ...sealed, keyId: 'key_alias' })
  })

  it.each([
    ['ws_2', undefined],
    ['ws_1', 'key_alias'],
  ])('comes under no key that was copied from another workspace or id (%s, %s)', async (workspace, keyId) => {
    const [first] = keys.rows.get('ws_1') ?? []
    if (first === undefined) return expect.unreachable('no key')
    keys.rows.set(workspace, [{ ...first, keyId: keyId ?? first.keyId }])
    const vault = createVault({ rootKey, keys })
    await expect(vault.seal({ ...place, workspace }, new Secret('x'))).rejects.toMatchObject({ code: 'DECRYPT_FAILED' })
  })

  it('is refused with a shortened tag, though what is left of the tag is right', async () => {
    // With no ciphertext behind it, a cut envelope is exactly a short tag: Node itself accepts 4, 8 and 12 to 15 bytes.
    const empty = await createVault({ rootKey, keys }).seal(place, new Secret(''))
    for (const tagLength of [0, 4, 8, 12, 13, 14, 15]) {
      await refusal(place, { ...empty, ciphertext: empty.ciphertext.subarray(0, 1 + 12 + tagLength) })
    }
  })

  it('is refused when any byte of the wrapped key has changed', async () => {
    const [first] = keys.rows.get('ws_1') ?? []
    if (first === undefined) return expect.unreachable('no key')
    for (let at = 0; at < first.wrapped.length; at++) {
      keys.rows.set('ws_1', [{ ...first, wrapped: altered(first.wrapped, at) }])
      const vault = createVault({ rootKey, keys })
      await expect(vault.open(place, sealed)).rejects.toMatchObject({ code: 'DECRYPT_FAILED' })
      await expect(vault.seal(place, new Secret('x'))).rejects.toMatchObject({ code: 'DECRYPT_FAILED' })
    }
  })

  it('is refused under another root key, and nothing new is sealed with it', async () => {
    const vault = createVault({ rootKey: createSecretKey(randomBytes(32)), keys })
    await expect(vault.open(place, sealed)).rejects.toMatchObject({ code: 'DECRYPT_FAILED' })
    await expect(vault.seal(place, new Secret('x'))).rejects.toMatchObject({ code: 'DECRYPT_FAILED' })
  })
})

it('tells the caller what to do, and only the log where it happened', async () => {
  const error = await refusal({ ...place, row: 'con_2' }, sealed)
  expect(error.detail).not.toMatch(/con_2|key_|ws_1/)
  expect(error.internal).toContain('connections.credential of con_2, version 3')
  expect(inspect(error)).not.toContain(plaintext)
})

it('never uses a nonce twice in 10,000 seals', async () => {
  const vault = createVault({ rootKey, keys })
  const nonces = new Set<string>()
  for (let i = 0; i < 10_000; i++) {
    const { ciphertext } = await vault.seal(place, new Secret('same text, same place'))
    nonces.add(ciphertext.subarray(1, 13).toString('hex'))
  }
  expect(nonces.size).toBe(10_000)
})

it('gives a workspace one key, however many first seals race in several processes', async () => {
  const raced = memoryKeys()
  const vaults = [
    createVault({ rootKey, keys: raced }),
    createVault({ rootKey, keys: raced }),
    createVault({ rootKey, keys: raced }),
  ]
  const values = await Promise.all(
    vaults.flatMap((vault) => [1, 2, 3].map((version) => vault.seal({ ...place, version }, new Secret(plaintext)))),
  )
  expect(new Set(values.map(({ keyId }) => keyId)).size).toBe(1)
  for (const vault of vaults) expect(reveal(await vault.open({ ...place, version: 1 }, values[0] as Sealed))).toBe(plaintext)
})

it('finds a key that another process added since', async () => {
  const vault = createVault({ rootKey, keys })
  await vault.seal(place, new Secret('warms the cache'))
  const other = memoryKeys()
  const newer = await createVault({ rootKey, keys: other }).seal(place, new Secret(plaintext))
  keys.rows.set('ws_1', [...(keys.rows.get('ws_1') ?? []), ...(other.rows.get('ws_1') ?? [])])
  expect(reveal(await vault.open(place, newer))).toBe(plaintext)
})

it('reads the key table once for many opens', async () => {
  const vault = createVault({ rootKey, keys })
  keys.loads = 0
  await Promise.all(Array.from({ length: 50 }, () => vault.open(place, sealed)))
  await vault.open(place, sealed)
  expect(keys.loads).toBe(1)
})

it('refuses text that UTF-8 cannot hold, instead of changing it', async () => {
  await expect(createVault({ rootKey, keys }).seal(place, new Secret('half \ud83d'))).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
})

it('gives different bytes for different lists of parts', () => {
  const lists = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['', 'abc'], ['é', ''], []]
  expect(new Set(lists.map((list) => lengthPrefixed(list).toString('hex'))).size).toBe(lists.length)
})

describe('a new key of a workspace', () => {
  it('seals from then on, and the old one still opens what it sealed', async () => {
    const vault = createVault({ rootKey, keys })
    const added = await vault.addKey('ws_1', sealed.keyId)
    expect(added).not.toBe(sealed.keyId)
    const newer = await vault.seal(place, new Secret(plaintext))
    expect(newer.keyId).toBe(added)
    for (const value of [sealed, newer]) expect(reveal(await vault.open(place, value))).toBe(plaintext)
  })

  it('is one, however many ask for it at once in several processes', async () => {
    const vaults = Array.from({ length: 4 }, () => createVault({ rootKey, keys }))
    const added = await Promise.all(vaults.map((vault) => vault.addKey('ws_1', sealed.keyId)))
    expect(new Set(added).size).toBe(1)
    expect(keys.rows.get('ws_1')?.length).toBe(2)
  })

  it('is used by other processes within seconds, and at once after a refresh', async () => {
    const [one, other, third] = [createVault({ rootKey, keys }), createVault({ rootKey, keys }), createVault({ rootKey, keys })]
    for (const vault of [other, third]) await vault.seal(place, new Secret('warms the cache'))
    const added = await one.addKey('ws_1', sealed.keyId)
    expect((await other.seal(place, new Secret('x'))).keyId).toBe(sealed.keyId)
    third.refresh('ws_1')
    expect((await third.seal(place, new Secret('x'))).keyId).toBe(added)
    now += 5_000
    expect((await other.seal(place, new Secret('x'))).keyId).toBe(added)
  })

  it('takes the old one with it once that is gone from the store', async () => {
    const vault = createVault({ rootKey, keys })
    await vault.open(place, sealed)
    await vault.addKey('ws_1', sealed.keyId)
    keys.rows.set('ws_1', (keys.rows.get('ws_1') ?? []).slice(1))
    vault.refresh('ws_1')
    await expect(vault.open(place, sealed)).rejects.toMatchObject({ code: 'DECRYPT_FAILED' })
  })

  it('is never kept when it could not be unwrapped again', async () => {
    const local = localRootKey(rootKey)
    const root = {
      ...local,
      wrap: async (context: Parameters<RootKey['wrap']>[0], key: Buffer) => altered(await local.wrap(context, key), 40),
    }
    const empty = memoryKeys()
    await expect(createVault({ rootKey, root, keys: empty }).seal(place, new Secret('x'))).rejects.toThrow(/does not open/)
    expect(empty.rows.size).toBe(0)
  })
})

describe('a key management service', () => {
  it('is asked once for many values at the same time', async () => {
    const local = localRootKey(rootKey)
    let asked = 0
    const root: RootKey = {
      ...local,
      unwrap: (context, wrapped) => {
        asked++
        return local.unwrap(context, wrapped)
      },
    }
    const vault = createVault({ rootKey, root, keys })
    await Promise.all(Array.from({ length: 50 }, () => vault.open(place, sealed)))
    await vault.open(place, sealed)
    expect(asked).toBe(1)
  })

  it('that does not answer is an outage, and no damaged secret; it is asked again', async () => {
    const local = localRootKey(rootKey)
    let broken = true
    const root: RootKey = {
      ...local,
      unwrap: (context, wrapped) =>
        broken ? Promise.reject(new RootKeyError('aws-kms:x: denied')) : local.unwrap(context, wrapped),
    }
    const vault = createVault({ rootKey, root, keys })
    for (const attempt of [vault.open(place, sealed), vault.seal(place, new Secret('x'))])
      await expect(attempt).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 5, internal: 'aws-kms:x: denied' })
    broken = false
    expect(reveal(await vault.open(place, sealed))).toBe(plaintext)
  })
})
