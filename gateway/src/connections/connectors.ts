import { sql } from 'kysely'
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
import { recordAct } from '../store/acts.ts'
import { isUniqueViolation } from '../store/constraints.ts'
import type { Store } from '../store/types.ts'
import { connectorFacts, textFacts } from './acts.ts'
import { Cache } from './cache.ts'
import { capabilitiesOf } from './capabilities.ts'
import { createImporter, type ImportResult } from './import/importer.ts'
import type { StoredConnector } from './import/protocol.ts'
import { type ImportSource, importSource, jobOf } from './import/source.ts'
import { pageSize, parseCursor, toPage } from './page.ts'
import { createRenewals, rememberedOf } from './renewals.ts'
import { summaryOf } from './summary.ts'
import type { Connectors, CreatedConnector } from './types.ts'

const firstVersion = '1.0.0'

export interface ConnectorRegistry extends Connectors {
  /** The newest version of a connector, compiled once. Throws NOT_FOUND. */
  compiled(workspaceId: string, id: string): CompiledConnector | Promise<CompiledConnector>
}

interface Dependencies {
  readonly store: Store
  readonly egress: Egress
  readonly clock: Clock
}

function notFound(id: string): SallyportError {
  return new SallyportError('NOT_FOUND', { detail: `There is no connector "${id}" in this workspace.` })
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

export function createConnectors({ store, egress, clock }: Dependencies): ConnectorRegistry {
  const compiled = new Cache<CompiledConnector>({ max: 500, ttlMs: Number.POSITIVE_INFINITY, clock })
  const importer = createImporter({ egress })
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

  async function imported(source: ImportSource): Promise<Storable> {
    return storableImport(await importer.run(await jobOf(source, 'stored', importer)), source)
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

  async function load(
    workspaceId: string,
    id: string,
  ): Promise<{ version: string; document: Readonly<Record<string, unknown>> }> {
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
    if (row === undefined) throw notFound(id)
    return { version: row.version, document: row.document as Readonly<Record<string, unknown>> }
  }

  function known(key: string): CompiledConnector | undefined {
    const version = current.get(key)
    return version === undefined ? undefined : compiled.get(`${key}@${version}`)
  }

  /** A document may be large, so it is only read when its version is not the one that is compiled already. */
  async function newest(workspaceId: string, id: string, key: string): Promise<CompiledConnector> {
    const row = await store.workspace(workspaceId, (db) =>
      db
        .selectFrom('connectors')
        .select('version')
        .where('workspace_id', '=', workspaceId)
        .where('id', '=', id)
        .executeTakeFirst(),
    )
    const unchanged = row === undefined ? undefined : compiled.get(`${key}@${row.version}`)
    if (unchanged !== undefined) return unchanged
    const { version, document } = await load(workspaceId, id)
    const connector = compileConnector(parseConnector(document), version)
    compiled.set(`${key}@${version}`, connector)
    return connector
  }

  function find(workspaceId: string, id: string, key: string): Promise<CompiledConnector> {
    // What was begun before a change (`forget`) is not the newest any more, and says nothing to those that ask after it.
    const isLatest = () => finding.get(key) === pending
    const pending = newest(workspaceId, id, key)
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
    finding.delete(key)
  }

  const registry: ConnectorRegistry = {
    ...createRenewals({
      store,
      clock,
      importer,
      load,
      compiled: (workspaceId, id) => registry.compiled(workspaceId, id),
      take: (caller, result, source, before) => save(caller, storableImport(result, source), before),
    }),

    compiled(workspaceId, id) {
      const key = `${workspaceId}/${id}`
      return known(key) ?? finding.get(key) ?? find(workspaceId, id, key)
    },

    async list(caller, query) {
      requireRole(caller, 'viewer')
      const size = pageSize(query.limit)
      const after = parseCursor(query.cursor)
      const rows = await store.workspace(caller.workspaceId, (db) => {
        let select = db
          .selectFrom('connectors')
          .select((eb) => [
            'id',
            'name',
            'version',
            'summary',
            eb
              .selectFrom('connections')
              .select((count) => count.fn.countAll<string>().as('count'))
              .whereRef('connections.workspace_id', '=', 'connectors.workspace_id')
              .whereRef('connections.connector', '=', 'connectors.id')
              .as('connections'),
          ])
          .where('workspace_id', '=', caller.workspaceId)
          .orderBy('id')
          .limit(size + 1)
        if (after !== undefined) select = select.where('id', '>', after)
        if (query.search) {
          const pattern = `%${query.search.replace(/[\\%_]/g, '\\$&')}%`
          select = select.where(
            sql<boolean>`(id ilike ${pattern} or name ilike ${pattern} or summary->>'description' ilike ${pattern})`,
          )
        }
        return select.execute()
      })
      const view = (row: (typeof rows)[number]) => ({
        id: row.id,
        name: row.name,
        version: row.version,
        ...row.summary,
        connections: Number(row.connections),
      })
      return toPage(rows, size, view, (row) => row.id)
    },

    async get(caller, id) {
      requireRole(caller, 'viewer')
      return (await load(caller.workspaceId, id)).document
    },

    async capabilities(caller, id, query) {
      requireRole(caller, 'viewer')
      return capabilitiesOf(await registry.compiled(caller.workspaceId, id), query)
    },

    async parse(caller, source) {
      requireRole(caller, 'member')
      const { json } = await importer.run(await jobOf(source, 'draft', importer))
      return json
    },

    async preview(caller, source, onProgress, signal) {
      requireRole(caller, 'member')
      const { json } = await importer.run(await jobOf(source, 'preview', importer), onProgress, signal)
      return json
    },

    async create(caller, body) {
      requireRole(caller, 'admin')
      const source = importSource(body)
      let connector: Storable
      if (source === null) {
        const document = parseConnector(body)
        connector = storable(document, document.version ?? firstVersion)
      } else connector = await imported(source)
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
      const document = parseConnector(submitted)
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
