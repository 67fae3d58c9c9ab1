import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import type { ConnectionRow } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import type { ConnectorRegistry } from './connectors.ts'
import { fitTo } from './fit.ts'
import { needsPerson } from './granting.ts'
import { lackOf, mendOf } from './mend.ts'
import { fieldsOf, labelOf } from './schemes/credential.ts'
import type { ConnectionView } from './types.ts'

interface Dependencies {
  readonly store: Store
  readonly connectors: ConnectorRegistry
  readonly clock: Clock
  readonly mendUrl: (connection: string) => string
}

interface Grant {
  readonly scopes: readonly string[]
  readonly ends_at: Date | null
}

/** The client certificate or the authorization, whichever ends first. */
function endOf(
  { credential_ends_at: certificate }: ConnectionRow,
  grant: Grant | undefined,
): Parameters<typeof mendOf>[0]['end'] {
  const authorization = grant?.ends_at ?? null
  if (certificate !== null && (authorization === null || certificate < authorization))
    return { of: 'certificate', at: certificate }
  return authorization === null ? null : { of: 'authorization', at: authorization }
}

/** What lists and pages show of connections, with how they are used. */
export function createConnectionViews({ store, connectors, clock, mendUrl }: Dependencies) {
  /** By the id of the grant; without those that nobody has consented to. */
  async function grantsOf(workspaceId: string, grants: readonly string[]): Promise<ReadonlyMap<string, Grant>> {
    if (grants.length === 0) return new Map()
    const found = await store.workspace(workspaceId, (db) =>
      db
        .selectFrom('upstream_grants')
        .select(['id', 'scopes', 'ends_at'])
        .where('workspace_id', '=', workspaceId)
        .where('id', 'in', grants)
        .where('fields', 'is not', null)
        .execute(),
    )
    return new Map(found.map((grant) => [grant.id, grant]))
  }

  /** Names by id. */
  async function networksOf(workspaceId: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map()
    const found = await store.workspace(workspaceId, (db) =>
      db.selectFrom('networks').select(['id', 'name']).where('workspace_id', '=', workspaceId).where('id', 'in', ids).execute(),
    )
    return new Map(found.map(({ id, name }) => [id, name]))
  }

  return async (workspaceId: string, shown: readonly ConnectionRow[]): Promise<ConnectionView[]> => {
    const ids = shown.map((each) => each.id)
    const midnight = new Date(clock.now())
    midnight.setUTCHours(0, 0, 0, 0)
    const usage = await store.workspace(workspaceId, (db) =>
      sql<{ id: string; last: Date | null; today: number }>`
        select id, (
          select max(last_at) from call_figures where workspace_id = ${workspaceId} and connection_id = id and at = (
            select max(at) from call_figures where workspace_id = ${workspaceId} and connection_id = id
          )
        ) as last, (
          select coalesce(sum(calls), 0)::float8 from call_figures
          where workspace_id = ${workspaceId} and connection_id = id and at >= ${midnight}
        ) as today
        from unnest(${ids}::text[]) as id`.execute(db),
    )
    const grants = await grantsOf(
      workspaceId,
      shown.flatMap(({ grant_id }) => grant_id ?? []),
    )
    const networks = await networksOf(
      workspaceId,
      shown.flatMap(({ network_id }) => network_id ?? []),
    )
    return Promise.all(
      shown.map(async (each) => {
        const connector = await connectors.compiled(workspaceId, each.connector)
        const used = usage.rows.find((candidate) => candidate.id === each.id)
        const { url, scheme, problem } = fitTo(connector, each)
        const missing = each.missing_scopes ?? []
        const lacks = missing.length > 0 && needsPerson(scheme)
        return {
          id: each.id,
          connector: each.connector,
          connector_name: connector.name,
          connector_version: connector.version,
          name: each.name,
          owner: each.user_id !== null ? 'you' : each.team_id !== null ? 'team' : 'workspace',
          team: each.team_id,
          default: each.is_default,
          approval: each.approval,
          mock: each.mock,
          record: each.record,
          environment: each.environment,
          server_url: url,
          auth: {
            scheme: each.scheme,
            type: scheme.type,
            label: labelOf(scheme),
            fields: fieldsOf(scheme),
            scopes: grants.get(each.grant_id ?? '')?.scopes ?? null,
            agent_secrets: each.agent_secrets ?? {},
          },
          network: each.network_id === null ? null : { id: each.network_id, name: networks.get(each.network_id) ?? '' },
          settings: each.settings,
          status: problem !== null ? 'failing' : lacks ? 'needs_reauth' : each.status,
          status_detail: problem ?? (lacks ? lackOf(missing) : each.status_detail),
          mend: mendOf({
            status: each.status,
            detail: each.status_detail,
            problem,
            byConsent: needsPerson(scheme),
            missing,
            end: endOf(each, grants.get(each.grant_id ?? '')),
            now: clock.now(),
            url: mendUrl(each.id),
          }),
          actions: connector.actions.size,
          verify_ssl: connector.verifyTls,
          last_used_at: used?.last?.toISOString() ?? null,
          calls_today: used?.today ?? 0,
          created_at: each.created_at.toISOString(),
          tested_at: each.tested_at?.toISOString() ?? null,
        }
      }),
    )
  }
}
