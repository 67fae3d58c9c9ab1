import { sql } from 'kysely'
import { ConfigError } from '../config.ts'
import type { Log } from '../log.ts'
import type { Secret } from '../secret.ts'
import { gatewayActor, recordAct } from '../store/acts.ts'
import type { Store } from '../store/types.ts'
import { createRootKey, openPreviousRootKey } from '../vault/root-key.ts'
import type { RootKey } from '../vault/types.ts'
import { installationKey, type Key, rewrapKey, unwrapKey, wrapNewKey } from '../vault/wrapped-key.ts'

/** What the first start notes of the root key: later starts with another are refused. */
interface Binding {
  /** For messages. */
  readonly root: string
  /** The key of the installation, wrapped by the root key, in base64. */
  readonly wrapped: string
}

const bindingName = 'root_key_check'
/** Requests to a key management service at a time. */
const parallel = 8

function parseBinding(value: unknown): Binding {
  if (typeof value === 'object' && value !== null && 'root' in value && 'wrapped' in value)
    return { root: String(value.root), wrapped: String(value.wrapped) }
  throw new ConfigError(
    'The database was made by an early version of Sallyport, which noted its root key in another way. Start with a new database.',
  )
}

async function readBinding(store: Store): Promise<Binding | null> {
  const stored = await store.system((db) =>
    db.selectFrom('installation').select('value').where('key', '=', bindingName).executeTakeFirst(),
  )
  return stored === undefined ? null : parseBinding(stored.value)
}

/** Of several gateways that start for the first time, one is first. */
async function bind(store: Store, root: RootKey): Promise<Binding> {
  const binding: Binding = { root: root.name, wrapped: (await wrapNewKey(root, installationKey)).toString('base64') }
  await store.system((db) =>
    db
      .insertInto('installation')
      .values({ key: bindingName, value: JSON.stringify(binding) })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  )
  return (await readBinding(store)) ?? binding
}

interface WrappedKey {
  readonly workspace_id: string
  readonly key_id: string
  readonly wrapped: Buffer
}

/** Wraps the keys by the new root key that are not among those done. */
async function rewrapAll(keys: readonly WrappedKey[], done: Map<string, Buffer>, from: RootKey, to: RootKey): Promise<void> {
  const left = keys.filter(({ key_id }) => !done.has(key_id))
  const worker = async () => {
    for (let key = left.pop(); key !== undefined; key = left.pop()) {
      const { workspace_id: workspace, key_id: keyId, wrapped } = key
      const again = await rewrapKey(from, to, { workspace, keyId }, wrapped)
      if (again === null)
        throw new ConfigError(`The previous root key does not open the key ${keyId} of the workspace ${workspace}.`)
      done.set(keyId, again)
    }
  }
  await Promise.all(Array.from({ length: parallel }, worker))
}

/**
 * Wraps every workspace key by another root key. All of them change in one transaction, so whatever stops it leaves either
 * root key valid for everything.
 */
async function changeRoot(store: Store, binding: Binding, from: RootKey, to: RootKey, log: Log): Promise<Binding> {
  const wrapped = await rewrapKey(from, to, installationKey, Buffer.from(binding.wrapped, 'base64'))
  if (wrapped === null)
    throw new ConfigError(
      `Neither the root key nor the previous one opens this database, which was sealed with ${binding.root}. Set SALLYPORT_ROOT_KEY to the original key.`,
    )
  const next: Binding = { root: to.name, wrapped: wrapped.toString('base64') }
  const done = new Map<string, Buffer>()
  const keys = await store.system((db) => db.selectFrom('workspace_keys').select(['workspace_id', 'key_id', 'wrapped']).execute())
  await rewrapAll(keys, done, from, to)
  await store.system(async (db) => {
    // Nobody adds a key from here on; those added since are few.
    await sql`lock table workspace_keys in share row exclusive mode`.execute(db)
    const current = await db
      .selectFrom('installation')
      .select('value')
      .where('key', '=', bindingName)
      .forUpdate()
      .executeTakeFirstOrThrow()
    if (parseBinding(current.value).wrapped !== binding.wrapped)
      throw new ConfigError('Another gateway has changed the root key meanwhile. Start this one again.')
    const all = await db.selectFrom('workspace_keys').select(['workspace_id', 'key_id', 'wrapped']).execute()
    await rewrapAll(all, done, from, to)
    for (const { workspace_id, key_id } of all) {
      const again = done.get(key_id)
      if (again === undefined) continue
      await db
        .updateTable('workspace_keys')
        .set({ wrapped: again })
        .where('workspace_id', '=', workspace_id)
        .where('key_id', '=', key_id)
        .execute()
    }
    await db
      .updateTable('installation')
      .set({ value: JSON.stringify(next) })
      .where('key', '=', bindingName)
      .execute()
    // In the order in which calls of several workspaces wait for their logs.
    for (const { id } of await db.selectFrom('workspaces').select('id').orderBy('id').execute())
      await recordAct(db, id, {
        kind: 'vault.root_changed',
        by: gatewayActor,
        target: { kind: 'vault', id, name: 'Root key' },
        before: { root: from.name },
        after: { root: to.name },
      })
  })
  log.info({ from: from.name, to: to.name, keys: done.size }, 'the workspace keys are wrapped by the new root key')
  return next
}

interface Options {
  readonly store: Store
  /** What the settings name; null when they name none and there is no key file. */
  readonly root: RootKey | null
  /** `SALLYPORT_PREVIOUS_ROOT_KEY`. */
  readonly previous: Secret | undefined
  readonly dataDir: string
  readonly log: Log
}

/**
 * The root key and the key of the installation. The first start binds the database to its root key, making `root.key` when
 * none is given; a start with another root key is refused, unless the previous one is given as well: then all keys are
 * wrapped anew. Throws ConfigError, before anything listens.
 */
export async function bindRootKey(options: Options): Promise<{ root: RootKey; installation: Key }> {
  const { store, previous, dataDir, log } = options
  const found = await readBinding(store)
  const opens = (by: RootKey, binding: Binding) => unwrapKey(by, installationKey, Buffer.from(binding.wrapped, 'base64'))
  if (options.root === null && found !== null) {
    if (previous === undefined) {
      throw new ConfigError(
        `The root key file root.key is missing in ${dataDir}, and the credentials in this database were sealed with it. Put it back from your backup, or set SALLYPORT_ROOT_KEY to its content. A new key would not open them, so none is made.`,
      )
    }
    if ((await opens(await openPreviousRootKey(previous), found)) === null)
      throw new ConfigError(`SALLYPORT_PREVIOUS_ROOT_KEY does not open this database, which was sealed with ${found.root}.`)
  }
  const root = options.root ?? (await createRootKey(dataDir))
  const binding = found ?? (await bind(store, root))
  const installation = await opens(root, binding)
  if (installation !== null) {
    if (previous !== undefined) log.warn('SALLYPORT_PREVIOUS_ROOT_KEY is not needed any more: nothing is wrapped by it')
    return { root, installation }
  }
  if (previous === undefined) {
    throw new ConfigError(
      `The root key is not the one this database was sealed with, which is ${binding.root}. Set SALLYPORT_ROOT_KEY to the original key, or put the original root.key file back. To change the root key, set SALLYPORT_PREVIOUS_ROOT_KEY to the original one.`,
    )
  }
  const changed = await opens(root, await changeRoot(store, binding, await openPreviousRootKey(previous), root, log))
  if (changed === null) throw new ConfigError(`${root.name} does not open what it has just wrapped.`)
  return { root, installation: changed }
}
