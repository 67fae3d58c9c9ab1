import { type Caller, requireRole } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { compileConnector } from '../definition/compile.ts'
import type { ConnectorDocument } from '../definition/document.ts'
import { parseConnector } from '../definition/parse.ts'
import type { CompiledConnector } from '../definition/types.ts'
import { isNewer, nextVersion } from '../definition/version.ts'
import { authoritiesProblem } from '../egress/certificates.ts'
import type { Egress } from '../egress/types.ts'
import { SallyportError } from '../errors.ts'
import type { LanguageModel } from '../language-model/types.ts'
import type { Log } from '../log.ts'
import { recordAct } from '../store/acts.ts'
import { isUniqueViolation } from '../store/constraints.ts'
import { isJoined, nowAndAfterwards } from '../store/joined.ts'
import type { Store } from '../store/types.ts'
import { connectorFacts, textFacts } from './acts.ts'
import type { Builtins } from './builtins/index.ts'
import { completeInstance, instanceIn } from './builtins/instance.ts'
import { listBuiltins } from './builtins/listing.ts'
import { Cache } from './cache.ts'
import { capabilitiesOf } from './capabilities.ts'
import { type Catalog, firstVersion } from './catalog/catalog.ts'
import type { Directory } from './catalog/directory.ts'
import { createListing } from './catalog/listing.ts'
import { createSources } from './catalog/pick.ts'
import { customApiIn } from './import/custom-api.ts'
import { createDrafters } from './import/drafter.ts'
import { createImporter, type ImportResult } from './import/importer.ts'
import type { StoredConnector } from './import/protocol.ts'
import { type ImportSource, importSource, jobOf } from './import/source.ts'
import type { ListTools } from './mcp/types.ts'
import { createRenewals, rememberedOf } from './renewals.ts'
import { createScheduledChecks } from './scheduled-checks.ts'
import { describeScheme } from './schemes/credential.ts'
import { openStored } from './stored-document.ts'
import { summaryOf } from './summary.ts'
import type { Connectors, CreatedConnector } from './types.ts'

export interface ConnectorRegistry extends Connectors {
  /** The newest version of a connector, compiled once. Throws NOT_FOUND. */
  compiled(workspaceId: string, id: string): CompiledConnector | Promise<CompiledConnector>
  /** A stored version of it, compiled once. Throws NOT_FOUND. */
  compiledAt(workspaceId: string, id: string, version: string): Promise<CompiledConnector>
  /** The same as the newest, or one of the catalog as it would be installed. Throws NOT_FOUND. */
  offered(workspaceId: string, id: string): Promise<CompiledConnector>
  /** Stores a connector of the catalog where the workspace has none of its id. Throws NOT_FOUND. */
  adopt(caller: Caller, id: string): Promise<void>
  /** Looks now at what the connector was imported from, and remembers what is new there. */
  look(workspaceId: string, id: string): Promise<unknown>
  /** Looks from now on at the descriptions whose checks are due. What it returns ends that. */
  startChecks(log: Log): () => Promise<void>
}

interface Dependencies {
  readonly store: Store
  readonly egress: Egress
  readonly builtins: Builtins
  readonly languageModel: LanguageModel | null
  readonly clock: Clock
  readonly catalog: Catalog
  readonly directory: Directory
  readonly listTools: ListTools
}

function notFound(id: string): SallyportError {
  return new SallyportError('NOT_FOUND', { detail: `There is no connector "${id}" in this workspace, nor in the catalog.` })
}

/** What the parser of documents cannot see: whether OpenSSL can read the certificates. */
function checkAuthorities(pem: string | null): void {
  const problem = pem === null ? null : authoritiesProblem(pem)
  if (problem === null) return
  throw new SallyportError('INVALID_INPUT', {
    detail: `security.tls.ca ${problem}.`,
    diagnostics: { errors: [{ path: '/security/tls/ca', message: problem }] },
  })
}

export function createConnectors(services: Dependencies): ConnectorRegistry {
  const { store, egress, builtins, languageModel, clock, catalog, directory, listTools } = services
  const compiled = new Cache<CompiledConnector>({ max: 500, ttlMs: Number.POSITIVE_INFINITY, clock })
  const importer = createImporter({ egress })
  const drafterOf = createDrafters(languageModel, clock)
  const sources = createSources(importer, catalog, directory, listTools)
  const current = new Cache<string>({ max: 10_000, ttlMs: 5_000, clock })
  // Calls that come together share a look.
  const finding = new Map<string, Promise<CompiledConnector>>()

  /** What has to be known of a connector to store it. */
  type Storable = Omit<StoredConnector, 'servers'> & {
    readonly text: string
    readonly facts: Readonly<Record<string, unknown>>
    /** Of an import. */
    readonly source?: ImportSource
  }

  function storable(document: ConnectorDocument, version: string): Storable {
    const stored = { ...document, version }
    compileConnector(stored, version)
    return {
      connector: document.connector,
      name: document.name,
      version,
      summary: summaryOf(document),
      actions: Object.keys(document.actions),
      authorities: document.security?.tls?.ca ?? null,
      report: null,
      text: JSON.stringify(stored),
      facts: connectorFacts(version, stored),
    }
  }

  async function imported(workspaceId: string, source: ImportSource): Promise<Storable> {
    const job = await jobOf(source, 'stored', sources)
    return storableImport(await importer.run(job, { draft: drafterOf(workspaceId) }), source)
  }

  function storableImport({ json, stored }: ImportResult, source: ImportSource): Storable {
    if (stored === null) throw new Error('The import brought no connector.')
    const { servers, ...rest } = stored
    const text = Buffer.from(json.buffer, json.byteOffset, json.byteLength).toString('utf8')
    const facts = textFacts(stored.version, text, { servers, actions: stored.actions.length })
    return { ...rest, text, facts, source: rememberedOf(source) }
  }

  async function save(
    caller: Caller,
    { connector: id, name, version, summary, actions, authorities, report, text, facts, source }: Storable,
    before: { readonly version: string; readonly document: Readonly<Record<string, unknown>> } | null,
  ): Promise<CreatedConnector> {
    checkAuthorities(authorities)
    const row = {
      ...{ name, version, summary: JSON.stringify(summary), updated_at: new Date(clock.now()), drift: null },
      ...(source !== undefined && { source: JSON.stringify(source) }),
    }
    const saving = store.workspace(caller.workspaceId, async (db) => {
      await db
        .insertInto('connectors')
        .values({ workspace_id: caller.workspaceId, id, ...row })
        .onConflict((conflict) => conflict.columns(['workspace_id', 'id']).doUpdateSet(row))
        .execute()
      await db
        .insertInto('connector_versions')
        .values({
          workspace_id: caller.workspaceId,
          connector: id,
          version,
          document: text,
          report: report === null ? null : JSON.stringify(report),
          created_by: `${caller.kind}:${caller.id}`,
        })
        .execute()
      await recordAct(db, caller.workspaceId, {
        kind: before === null ? 'connector.created' : 'connector.updated',
        by: caller,
        target: { kind: 'connector', id, name },
        ...(before !== null && { before: connectorFacts(before.version, before.document) }),
        after: facts,
      })
    })
    await saving.catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error
      throw new SallyportError('CONFLICT', {
        detail: `Somebody else has just stored version ${version} of "${id}". Look at it, and try again.`,
        cause: error,
      })
    })
    forget(`${caller.workspaceId}/${id}`)
    return { id, connector: id, version, actions, report }
  }

  interface Loaded {
    readonly version: string
    readonly document: Readonly<Record<string, unknown>>
  }

  async function load(workspaceId: string, id: string): Promise<Loaded> {
    const row = await stored(workspaceId, id)
    if (row === undefined) throw notFound(id)
    return row
  }

  async function stored(workspaceId: string, id: string): Promise<Loaded | undefined> {
    const row = await store.workspace(workspaceId, (db) =>
      db
        .selectFrom('connectors')
        .innerJoin('connector_versions', (join) =>
          join
            .onRef('connector_versions.workspace_id', '=', 'connectors.workspace_id')
            .onRef('connector_versions.connector', '=', 'connectors.id')
            .onRef('connector_versions.version', '=', 'connectors.version'),
        )
        .select(['connector_versions.version', 'connector_versions.document'])
        .where('connectors.workspace_id', '=', workspaceId)
        .where('connectors.id', '=', id)
        .executeTakeFirst(),
    )
    return row && { version: row.version, document: row.document as Readonly<Record<string, unknown>> }
  }

  /** A file of the catalog as it would be stored. Throws NOT_FOUND. */
  async function fromCatalog(id: string): Promise<ConnectorDocument & { readonly version: string }> {
    const text = await catalog.text(id)
    if (text === undefined) throw notFound(id)
    const document = parseConnector(text)
    return { ...document, version: document.version ?? firstVersion }
  }

  function known(key: string): CompiledConnector | undefined {
    const version = current.get(key)
    return version === undefined ? undefined : compiled.get(`${key}@${version}`)
  }

  /** A document may be large, so it is only read when its version is not the one that is compiled already. */
  async function newest(workspaceId: string, id: string): Promise<CompiledConnector> {
    const row = await store.workspace(workspaceId, (db) =>
      db
        .selectFrom('connectors')
        .select('version')
        .where('workspace_id', '=', workspaceId)
        .where('id', '=', id)
        .executeTakeFirst(),
    )
    if (row === undefined) throw notFound(id)
    return compiledAt(workspaceId, id, row.version)
  }

  async function compiledAt(workspaceId: string, id: string, version: string): Promise<CompiledConnector> {
    const key = `${workspaceId}/${id}`
    const known = compiled.get(`${key}@${version}`)
    if (known !== undefined) return known
    const document = await store.workspace(workspaceId, (db) => openStored(db, workspaceId, id, version))
    // Deleted in between.
    if (document === null) throw notFound(id)
    const connector = compileConnector(document, version)
    compiled.set(`${key}@${version}`, connector)
    return connector
  }

  function find(workspaceId: string, id: string, key: string): Promise<CompiledConnector> {
    // What was begun before a change (`forget`) is not the newest any more, and says nothing to those that ask after it.
    const isLatest = () => finding.get(key) === pending
    const pending = newest(workspaceId, id)
      .then((connector) => {
        if (isLatest()) current.set(key, connector.version)
        return connector
      })
      .finally(() => {
        if (isLatest()) finding.delete(key)
      })
    finding.set(key, pending)
    return pending
  }

  function forget(key: string): void {
    current.delete(key)
    nowAndAfterwards(() => finding.delete(key))
  }

  const { look, ...renewals } = createRenewals({
    store,
    clock,
    importer,
    sources,
    load,
    compiled: (workspaceId, id) => registry.compiled(workspaceId, id),
    take: (caller, result, source, before) => save(caller, storableImport(result, source), before),
  })
  const checks = createScheduledChecks({ store, clock, look })

  const registry: ConnectorRegistry = {
    ...renewals,
    look,
    schedule: checks.schedule,
    startChecks: checks.start,

    compiledAt,

    compiled(workspaceId, id) {
      const key = `${workspaceId}/${id}`
      if (isJoined()) return newest(workspaceId, id)
      return known(key) ?? finding.get(key) ?? find(workspaceId, id, key)
    },

    list: createListing({ store, catalog, directory }),

    async get(caller, id) {
      requireRole(caller, 'viewer')
      return (await stored(caller.workspaceId, id))?.document ?? fromCatalog(id)
    },

    async offered(workspaceId, id) {
      const own = await stored(workspaceId, id)
      if (own !== undefined) return registry.compiled(workspaceId, id)
      const document = await fromCatalog(id)
      return compileConnector(document, document.version)
    },

    async adopt(caller, id) {
      requireRole(caller, 'manager')
      if ((await stored(caller.workspaceId, id)) !== undefined) return
      const document = await fromCatalog(id)
      const adopting = save(caller, { ...storable(document, document.version), source: { catalog: id } }, null)
      // Two at once want the same.
      await adopting.catch((error: unknown) => {
        if (!(error instanceof SallyportError && error.code === 'CONFLICT')) throw error
      })
    },

    async capabilities(caller, id, query) {
      requireRole(caller, 'viewer')
      return capabilitiesOf(await registry.compiled(caller.workspaceId, id), query)
    },

    async report(caller, id) {
      requireRole(caller, 'viewer')
      const { version } = await registry.compiled(caller.workspaceId, id)
      const row = await store.workspace(caller.workspaceId, (db) =>
        db
          .selectFrom('connector_versions')
          .select('report')
          .where('workspace_id', '=', caller.workspaceId)
          .where('connector', '=', id)
          .where('version', '=', version)
          .executeTakeFirst(),
      )
      return (row?.report ?? null) as Readonly<Record<string, unknown>> | null
    },

    builtinTypes(caller) {
      requireRole(caller, 'viewer')
      return { items: listBuiltins(builtins) }
    },

    async schemes(caller, id) {
      requireRole(caller, 'viewer')
      const { auth } = await registry.offered(caller.workspaceId, id)
      return { items: Object.entries(auth).map(([name, scheme]) => describeScheme(name, scheme)) }
    },

    async parse(caller, source) {
      requireRole(caller, 'member')
      // Of a connector that is there already, somebody's connection may open its server.
      const { kind, connector } = source
      const of =
        kind === 'mcp' && connector !== undefined ? { workspaceId: caller.workspaceId, id: connector, caller } : undefined
      const job = await jobOf(source, 'draft', sources, of)
      const { json } = await importer.run(job, { draft: drafterOf(caller.workspaceId) })
      return json
    },

    async preview(caller, source, onProgress, signal) {
      requireRole(caller, 'member')
      const job = await jobOf(source, 'preview', sources)
      const { json } = await importer.run(job, { onProgress, signal, draft: drafterOf(caller.workspaceId) })
      return json
    },

    async create(caller, submitted) {
      requireRole(caller, 'admin')
      const body = customApiIn(instanceIn(submitted))
      const source = importSource(body)
      let connector: Storable
      if (source === null) {
        const document = parseConnector(completeInstance(body, builtins))
        connector = storable(document, document.version ?? firstVersion)
      } else connector = await imported(caller.workspaceId, source)
      const existing = await store.workspace(caller.workspaceId, (db) =>
        db
          .selectFrom('connectors')
          .select('version')
          .where('workspace_id', '=', caller.workspaceId)
          .where('id', '=', connector.connector)
          .executeTakeFirst(),
      )
      if (existing !== undefined) {
        throw new SallyportError('CONFLICT', {
          detail: `The connector "${connector.connector}" exists already (version ${existing.version}). Update it with PUT /api/v1/connectors/${connector.connector}, or import under another name.`,
        })
      }
      return save(caller, connector, null)
    },

    async update(caller, id, { document: submitted, autoBump }) {
      requireRole(caller, 'admin')
      const document = parseConnector(completeInstance(submitted, builtins))
      if (document.connector !== id) {
        throw new SallyportError('INVALID_INPUT', {
          detail: `The document is of connector "${document.connector}", not "${id}".`,
        })
      }
      const before = await load(caller.workspaceId, id)
      const next = nextVersion(parseConnector(before.document), document, before.version)
      const version = autoBump ? next.version : (document.version ?? before.version)
      if (isNewer(next.version, version)) {
        throw new SallyportError('CONFLICT', {
          detail: `The stored version is ${before.version} and this change is ${next.floor}: the version must be at least ${next.version}. Set it, or send autoBump: true.`,
          diagnostics: { current: before.version, floor: next.floor, suggested: next.version },
        })
      }
      return save(caller, storable(document, version), before)
    },

    async remove(caller, id) {
      requireRole(caller, 'admin')
      await store.workspace(caller.workspaceId, async (db) => {
        const used = await db
          .selectFrom('connections')
          .select('name')
          .where('workspace_id', '=', caller.workspaceId)
          .where('connector', '=', id)
          .execute()
        if (used.length > 0) {
          throw new SallyportError('CONFLICT', {
            detail: `"${id}" has ${used.length} connection(s): ${used
              .slice(0, 5)
              .map((row) => row.name)
              .join(', ')}. Delete them first.`,
          })
        }
        const deleted = await db
          .deleteFrom('connectors')
          .where('workspace_id', '=', caller.workspaceId)
          .where('id', '=', id)
          .returning(['name', 'version'])
          .executeTakeFirst()
        if (deleted === undefined) throw notFound(id)
        await recordAct(db, caller.workspaceId, {
          kind: 'connector.deleted',
          by: caller,
          target: { kind: 'connector', id, name: deleted.name },
          before: { version: deleted.version },
        })
      })
      forget(`${caller.workspaceId}/${id}`)
    },
  }
  return registry
}
