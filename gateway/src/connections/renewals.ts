import { sql } from 'kysely'
import { type Caller, requireRole } from '../caller.ts'
import type { Clock } from '../clock.ts'
import type { ReportCode } from '../definition/import/report.ts'
import type { CompiledConnector } from '../definition/types.ts'
import { SallyportError } from '../errors.ts'
import { recordAct } from '../store/acts.ts'
import type { Drift } from '../store/drift.ts'
import type { Store } from '../store/types.ts'
import { affectedBy } from './affected.ts'
import type { Sources } from './catalog/pick.ts'
import type { Importer } from './import/importer.ts'
import type { Against, Want } from './import/protocol.ts'
import type { Renewal } from './import/renew.ts'
import { type ImportSource, importSource, jobOf, places, serverOf } from './import/source.ts'
import type { CheckSchedule, CreatedConnector, Renewals } from './types.ts'

/** Versions listed; older ones stay stored. */
const maxVersions = 100

interface Dependencies {
  readonly store: Store
  readonly clock: Clock
  readonly importer: Importer
  readonly sources: Sources
  /** The newest version of a connector. Throws NOT_FOUND. */
  readonly load: (workspaceId: string, id: string) => Promise<{ version: string; document: Readonly<Record<string, unknown>> }>
  readonly compiled: (workspaceId: string, id: string) => CompiledConnector | Promise<CompiledConnector>
  /** Stores what an import brought as the next version. */
  readonly take: (
    caller: Caller,
    imported: Awaited<ReturnType<Importer['run']>>,
    source: ImportSource,
    before: { readonly version: string; readonly document: Readonly<Record<string, unknown>> },
  ) => Promise<CreatedConnector>
}

interface Look {
  /** Compares a connector with the document at its address, and remembers what it found. */
  readonly look: (workspaceId: string, id: string) => Promise<Renewal>
}

function checksOf(
  row: { check_every_hours: number | null; check_due: Date | null; check_problem: string | null } | undefined,
): CheckSchedule | null {
  if (row === undefined || row.check_every_hours === null) return null
  return { every_hours: row.check_every_hours, next_at: row.check_due?.toISOString() ?? null, problem: row.check_problem }
}

/** What is kept of an import: where it was and what was chosen, but not the document itself. */
export function rememberedOf({
  spec: _spec,
  text: _text,
  files: _files,
  zip: _zip,
  token: _token,
  variables: _variables,
  ...rest
}: ImportSource): ImportSource {
  return rest
}

/** An address as people are shown it: what follows the path may hold a key. */
function shownAddress(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : null
  return url === null ? '' : `${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`
}

export function createRenewals({
  store,
  clock,
  importer,
  sources,
  load,
  compiled,
  take,
}: Dependencies): Omit<Renewals, 'schedule'> & Look {
  async function rowOf(workspaceId: string, id: string) {
    const row = await store.workspace(workspaceId, (db) =>
      db
        .selectFrom('connectors')
        .select(['source', 'drift', 'check_every_hours', 'check_due', 'check_problem'])
        .where('workspace_id', '=', workspaceId)
        .where('id', '=', id)
        .executeTakeFirst(),
    )
    // One of another version, which this one cannot read, counts as none.
    const source = typeof row?.source === 'object' && row.source !== null ? importSource({ url: '', ...row.source }) : null
    return { source: source?.url === '' ? withoutUrl(source) : source, drift: row?.drift ?? null, checks: checksOf(row) }
  }

  async function isDrafted(workspaceId: string, connector: string, version: string): Promise<boolean> {
    const code: ReportCode = 'drafted_by_model'
    const row = await store.workspace(workspaceId, (db) =>
      db
        .selectFrom('connector_versions')
        .select('version')
        .where('workspace_id', '=', workspaceId)
        .where('connector', '=', connector)
        .where('version', '=', version)
        .where(sql<boolean>`report @> ${JSON.stringify({ entries: [{ code }] })}::jsonb`)
        .executeTakeFirst(),
    )
    return row !== undefined
  }

  async function run(
    workspaceId: string,
    id: string,
    body: ImportSource,
    want: Want,
    against: Omit<Against, 'text' | 'version'>,
    caller?: Caller,
  ) {
    const before = await load(workspaceId, id)
    const { source: found } = await rowOf(workspaceId, id)
    const remembered = found?.catalog === undefined ? found : (serverOf(before.document) ?? found)
    const given = isGiven(body)
    const source = { ...(given ? withoutAddress(remembered ?? {}) : remembered), ...body, connector: id }
    if (!given && source.url === undefined && source.catalog === undefined && source.program === undefined) {
      throw new SallyportError('INVALID_INPUT', {
        detail: `"${id}" was not imported from an address, so there is nowhere to look. Give the newer document: as url, text, spec, files or zip.`,
      })
    }
    if (!given && (await isDrafted(workspaceId, id, before.version))) {
      throw new SallyportError('INVALID_INPUT', {
        detail: `A language model drafted parts of "${id}" from documentation, so there is no description to compare it with. Give one, or import it again.`,
      })
    }
    const text = new TextEncoder().encode(JSON.stringify(before.document))
    const job = {
      ...(await jobOf(source, want, sources, { workspaceId, id, ...(caller !== undefined && { caller }) })),
      against: { ...against, text, version: before.version },
    }
    return { before, source, imported: await importer.run(job) }
  }

  async function remember(workspaceId: string, id: string, drift: Drift): Promise<void> {
    await store.workspace(workspaceId, (db) =>
      db
        .updateTable('connectors')
        .set({ drift: JSON.stringify(drift) })
        .where('workspace_id', '=', workspaceId)
        .where('id', '=', id)
        .execute(),
    )
  }

  /** What differs, remembered as the last check. */
  async function look(workspaceId: string, id: string, body: ImportSource, caller?: Caller) {
    const { imported } = await run(workspaceId, id, body, 'changes', {}, caller)
    // Written by this program's own other half.
    const renewal = JSON.parse(Buffer.from(imported.json).toString('utf8')) as Renewal
    const { drift } = await rowOf(workspaceId, id)
    const { fingerprint, class: level, counts } = renewal
    const pinned = fingerprint !== null && drift?.pinned === true && drift.fingerprint === fingerprint
    const checked_at = new Date(clock.now()).toISOString()
    // A connector file that somebody hands over is his own next version before he stores it, not news of the API.
    const isDraft = renewal.report === null && isGiven(body)
    if (!isDraft) await remember(workspaceId, id, { checked_at, fingerprint, class: level, counts, pinned })
    return { renewal, checked_at, pinned }
  }

  return {
    async versions(caller, id) {
      requireRole(caller, 'viewer')
      const { source, drift, checks } = await rowOf(caller.workspaceId, id)
      const rows = await store.workspace(caller.workspaceId, (db) =>
        db
          .selectFrom('connector_versions')
          .select(['version', 'created_at', 'created_by'])
          .where('workspace_id', '=', caller.workspaceId)
          .where('connector', '=', id)
          .orderBy('created_at', 'desc')
          .limit(maxVersions)
          .execute(),
      )
      if (rows.length === 0) throw new SallyportError('NOT_FOUND', { detail: `There is no connector "${id}" in this workspace.` })
      return {
        items: rows.map(({ version, created_at, created_by }) => ({ version, created_at: created_at.toISOString(), created_by })),
        address: source?.url === undefined ? (source?.program ?? null) : shownAddress(source.url),
        drift,
        checks,
      }
    },

    look: async (workspaceId, id) => (await look(workspaceId, id, {})).renewal,

    async check(caller, id, body) {
      requireRole(caller, 'admin')
      const { renewal, checked_at, pinned } = await look(caller.workspaceId, id, body, caller)
      const connector = await compiled(caller.workspaceId, id)
      const actions = renewal.parts.flatMap(({ action }) => action ?? [])
      // A change of the whole connector concerns whoever uses any of it.
      const all = renewal.parts.some((part) => part.action === null && part.class === 'major')
      const affected = await store.workspace(caller.workspaceId, (db) =>
        affectedBy(db, caller.workspaceId, connector, all ? [...connector.actions.keys()] : actions, clock.now()),
      )
      return { ...renewal, connector: id, checked_at, pinned, affected }
    },

    async reimport(caller, id, { source: body = {}, fingerprint, take: part }) {
      requireRole(caller, 'admin')
      const against = {
        ...(fingerprint !== undefined && { fingerprint }),
        ...(part !== undefined && { part: { actions: part.actions, connection: part.connection ?? false } }),
      }
      const { imported, source, before } = await run(caller.workspaceId, id, body, 'stored', against, caller)
      return take(caller, imported, source, before)
    },

    async pin(caller, id, fingerprint) {
      requireRole(caller, 'admin')
      const { version } = await load(caller.workspaceId, id)
      const { drift } = await rowOf(caller.workspaceId, id)
      if (drift === null || drift.fingerprint === null || drift.fingerprint !== fingerprint) {
        throw new SallyportError('CONFLICT', {
          detail: 'This is not what the last check found. Check again, and decide on what it is now.',
        })
      }
      const pinned = { ...drift, pinned: true }
      await store.workspace(caller.workspaceId, async (db) => {
        await db
          .updateTable('connectors')
          .set({ drift: JSON.stringify(pinned) })
          .where('workspace_id', '=', caller.workspaceId)
          .where('id', '=', id)
          .execute()
        await recordAct(db, caller.workspaceId, {
          kind: 'connector.pinned',
          by: caller,
          target: { kind: 'connector', id, name: id },
          after: { version, declined: fingerprint, class: drift.class },
        })
      })
      return pinned
    },
  }
}

const isGiven = (source: ImportSource) => places.some((place) => source[place] !== undefined)

function withoutUrl({ url: _url, ...rest }: ImportSource): ImportSource {
  return rest
}

function withoutAddress({ catalog: _catalog, program: _program, ...rest }: ImportSource): ImportSource {
  return withoutUrl(rest)
}
