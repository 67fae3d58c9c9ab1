import { sql } from 'kysely'
import { type Caller, requireRole } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { compileConnector } from '../definition/compile.ts'
import type { ConnectorDocument } from '../definition/document.ts'
import { importOpenApi } from '../definition/import/openapi.ts'
import { parseConnector } from '../definition/parse.ts'
import type { CompiledConnector } from '../definition/types.ts'
import { isNewer, nextVersion } from '../definition/version.ts'
import { authoritiesProblem } from '../egress/certificates.ts'
import { egressProblem } from '../egress/problem.ts'
import { type Egress, EgressError } from '../egress/types.ts'
import { SallyportError } from '../errors.ts'
import { recordAct } from '../store/acts.ts'
import type { ConnectorSummary } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import { connectorFacts } from './acts.ts'
import { Cache } from './cache.ts'
import { capabilitiesOf } from './capabilities.ts'
import { pageSize, parseCursor, toPage } from './page.ts'
import type { Connectors, CreatedConnector, ImportReport, ImportSource } from './types.ts'

/** The largest document fetched from a URL: Microsoft Graph's beta document has 47 MB. */
const maxSpecBytes = 64 * 1024 * 1024
const specTimeoutMs = 60_000
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

function summarise(document: ConnectorDocument): ConnectorSummary {
  const schemes = Object.values(document.auth ?? {})
  return {
    description: document.description ?? '',
    category: document.category ?? '',
    auth_mode: schemes.every((scheme) => scheme.type === 'none') ? 'none' : 'pat',
    brand_logo: document.brand?.logo ?? '',
    brand_color: document.brand?.color ?? '',
    kind: document.kind ?? 'http',
    actions: Object.keys(document.actions).length,
  }
}

/** A text may be either format; only an OpenAPI document has its version at the root. */
function looksLikeOpenApi(text: string): boolean {
  return /(^|[{,])\s*["']?(openapi|swagger)["']?\s*:/m.test(text)
}

function importSource(body: Readonly<Record<string, unknown>>): ImportSource | null {
  return 'spec' in body || 'url' in body || 'text' in body ? parseImportSource(body) : null
}

function parseImportSource(body: Readonly<Record<string, unknown>>): ImportSource {
  const known = ['spec', 'url', 'text', 'connector', 'name', 'server_url', 'select']
  const unknown = Object.keys(body).filter((key) => !known.includes(key))
  const wrong = ['url', 'text', 'connector', 'name', 'server_url'].filter(
    (key) => body[key] !== undefined && typeof body[key] !== 'string',
  )
  const { select } = body
  if (select !== undefined && !(Array.isArray(select) && select.every((name) => typeof name === 'string'))) wrong.push('select')
  if (unknown.length > 0 || wrong.length > 0) {
    throw new SallyportError('INVALID_INPUT', {
      detail:
        unknown.length > 0
          ? `Unknown key "${unknown[0]}". An import takes ${known.join(', ')}.`
          : `"${wrong[0]}" has the wrong type.`,
    })
  }
  return body
}

/** What the parser of documents cannot see: whether OpenSSL can read the certificates. */
function checkAuthorities(document: ConnectorDocument): void {
  const pem = document.security?.tls?.ca
  const problem = pem === undefined ? null : authoritiesProblem(pem)
  if (problem === null) return
  throw new SallyportError('INVALID_INPUT', {
    detail: `security.tls.ca ${problem}.`,
    diagnostics: { errors: [{ path: '/security/tls/ca', message: problem }] },
  })
}

export function createConnectors({ store, egress, clock }: Dependencies): ConnectorRegistry {
  const compiled = new Cache<CompiledConnector>({ max: 500, ttlMs: Number.POSITIVE_INFINITY, clock })
  const current = new Cache<string>({ max: 10_000, ttlMs: 5_000, clock })
  // Calls that come together share a look.
  const finding = new Map<string, Promise<CompiledConnector>>()

  async function fetchSpec(url: string): Promise<string> {
    const response = await egress
      .request({
        door: 'spec_import',
        method: 'GET',
        url,
        headers: { Accept: 'application/json, application/yaml, text/yaml, */*;q=0.5' },
        timeoutMs: specTimeoutMs,
        maxResponseBytes: maxSpecBytes,
        redirects: 'follow',
      })
      .catch((error: unknown) => {
        throw error instanceof EgressError ? egressProblem(error) : error
      })
    if (response.status === 200) return response.body.toString('utf8')
    throw new SallyportError('UPSTREAM_ERROR', {
      detail: `${url} answered ${response.status}. Give the address of the document itself.`,
    })
  }

  async function read(source: ImportSource): Promise<{ document: ConnectorDocument; report: ImportReport | null }> {
    if ([source.spec, source.url, source.text].filter((part) => part !== undefined).length !== 1) {
      throw new SallyportError('INVALID_INPUT', { detail: 'Give exactly one of spec, url and text.' })
    }
    if (source.text !== undefined && !looksLikeOpenApi(source.text))
      return { document: parseConnector(source.text), report: null }
    const spec = source.url === undefined ? (source.spec ?? source.text) : await fetchSpec(source.url)
    const { document, report } = importOpenApi(spec, {
      ...(source.connector === undefined ? {} : { connector: source.connector }),
      ...(source.name === undefined ? {} : { name: source.name }),
      ...(source.select === undefined ? {} : { choice: { select: source.select } }),
      ...((source.server_url ?? source.url) === undefined ? {} : { serverUrl: source.server_url ?? source.url }),
    })
    return { document: parseConnector(document), report }
  }

  async function save(
    caller: Caller,
    document: ConnectorDocument,
    version: string,
    report: ImportReport | null,
    before: { readonly version: string; readonly document: Readonly<Record<string, unknown>> } | null,
  ): Promise<CreatedConnector> {
    checkAuthorities(document)
    const stored = { ...document, version }
    compileConnector(stored, version)
    const row = { name: document.name, version, summary: JSON.stringify(summarise(document)), updated_at: new Date(clock.now()) }
    await store.workspace(caller.workspaceId, async (db) => {
      await db
        .insertInto('connectors')
        .values({ workspace_id: caller.workspaceId, id: document.connector, ...row })
        .onConflict((conflict) => conflict.columns(['workspace_id', 'id']).doUpdateSet(row))
        .execute()
      await db
        .insertInto('connector_versions')
        .values({
          workspace_id: caller.workspaceId,
          connector: document.connector,
          version,
          document: JSON.stringify(stored),
          report: report === null ? null : JSON.stringify(report),
          created_by: `${caller.kind}:${caller.id}`,
        })
        .execute()
      await recordAct(db, caller.workspaceId, {
        kind: before === null ? 'connector.created' : 'connector.updated',
        by: caller,
        target: { kind: 'connector', id: document.connector, name: document.name },
        ...(before !== null && { before: connectorFacts(before.version, before.document) }),
        after: connectorFacts(version, stored),
      })
    })
    forget(`${caller.workspaceId}/${document.connector}`)
    return { id: document.connector, connector: document.connector, version, actions: Object.keys(document.actions), report }
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
      const { document, report } = await read(source)
      const count = Object.keys(document.actions).length
      return { document, report: report ?? { format: 'Connector file', operations: count, imported: count, entries: [] } }
    },

    async create(caller, body) {
      requireRole(caller, 'admin')
      const source = importSource(body)
      const { document, report } = source === null ? { document: parseConnector(body), report: null } : await read(source)
      const existing = await store.workspace(caller.workspaceId, (db) =>
        db
          .selectFrom('connectors')
          .select('version')
          .where('workspace_id', '=', caller.workspaceId)
          .where('id', '=', document.connector)
          .executeTakeFirst(),
      )
      if (existing !== undefined) {
        throw new SallyportError('CONFLICT', {
          detail: `The connector "${document.connector}" exists already (version ${existing.version}). Update it with PUT /api/v1/connectors/${document.connector}, or import under another name.`,
        })
      }
      return save(caller, document, document.version ?? firstVersion, report, null)
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
      return save(caller, document, version, null, before)
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
      current.delete(`${caller.workspaceId}/${id}`)
    },
  }
  return registry
}
