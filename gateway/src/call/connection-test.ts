import { requireRole } from '../caller.ts'
import { clientCertificateOf, wantsCertificate } from '../connections/auth-schemes.ts'
import type { LoadedConnection } from '../connections/connections.ts'
import { requireManager } from '../connections/owners.ts'
import type { Connections } from '../connections/types.ts'
import type { CompiledAction } from '../definition/types.ts'
import type { ClientCertificate } from '../egress/certificates.ts'
import { describeFault } from '../egress/problem.ts'
import { EgressError } from '../egress/types.ts'
import { recordAct } from '../store/acts.ts'
import type { ConnectionStatus } from '../store/schema.ts'
import type { CallServices } from './services.ts'
import type { CallRequest, CallResult, ConnectionTests, TestCheck } from './types.ts'

/** Writes are never tried, and of the reads only the first few that need no input. */
const maxActions = 5
const reachTimeoutMs = 10_000

function testable(action: CompiledAction): boolean {
  const { required } = action.inputSchema()
  return action.effect === 'read' && !action.deprecated && (!Array.isArray(required) || required.length === 0)
}

/** Actions that send the credential say more about a connection than those that need none. */
function credentialFirst(a: CompiledAction, b: CompiledAction): number {
  return Number(a.authSchemes?.length === 0) - Number(b.authSchemes?.length === 0)
}

type Checklist = TestCheck[]

interface Tried {
  readonly action: CompiledAction
  readonly result: CallResult
}

/** What the checks mean for the connection: one action that fails by itself does not make the connection fail. */
function statusOf(checks: Checklist): ConnectionStatus {
  const failed = (id: string) => checks.some((check) => check.id === id && check.status === 'failed')
  if (failed('authenticated')) return 'needs_reauth'
  const actions = checks.filter((check) => check.id.startsWith('action:'))
  const allFail = actions.length > 0 && actions.every((check) => check.status === 'failed')
  return failed('reachable') || allFail ? 'failing' : 'active'
}

/** Tests a connection by real calls through the pipeline: reachable, authenticated, each safe action, its schema (P4). */
export function createConnectionTests(
  services: CallServices,
  connections: Connections,
  run: (request: CallRequest) => Promise<CallResult>,
): ConnectionTests {
  const { clock, egress } = services

  /** Without it an API that wants one would seem out of reach. Nothing else of the credential goes along. */
  async function clientCertificate(connection: LoadedConnection): Promise<ClientCertificate | undefined> {
    if (!wantsCertificate(connection.scheme)) return undefined
    return clientCertificateOf(connection, await services.connections.openCredential(connection))
  }

  async function reach(connection: LoadedConnection): Promise<TestCheck> {
    const { baseUrl: url, connector } = connection
    const start = clock.monotonic()
    const check = (status: TestCheck['status'], detail: string): TestCheck => ({
      id: 'reachable',
      label: 'Base URL reachable',
      status,
      detail,
      ms: clock.monotonic() - start,
    })
    try {
      const { status } = await egress.request({
        door: 'reach',
        method: 'GET',
        url,
        headers: {},
        timeoutMs: reachTimeoutMs,
        maxResponseBytes: 1_048_576,
        verifyTls: connector.verifyTls,
        authorities: connector.authorities ?? undefined,
        clientCertificate: await clientCertificate(connection),
        http2: connector.http2,
      })
      return check('passed', `Answered ${status}.`)
    } catch (error) {
      if (!(error instanceof EgressError)) throw error
      if (error.fault === 'too_large') return check('passed', 'Answered.')
      return check('failed', describeFault(error.fault))
    }
  }

  function ofCall(action: CompiledAction, result: CallResult, ms: number): TestCheck {
    const check = (status: TestCheck['status'], detail: string): TestCheck => ({
      id: `action:${action.name}`,
      label: `Action ${action.name}`,
      status,
      detail,
      ms,
      call_id: result.id,
    })
    switch (result.kind) {
      case 'answered':
        return check('passed', `Answered ${result.status ?? 'without a status'}.`)
      case 'failed':
        return check('failed', `${result.error.detail} ${result.error.resolution}`)
      case 'pending':
        return check('skipped', 'Waits for approval.')
      case 'planned':
        return check('skipped', 'Only planned.')
      default:
        return result satisfies never
    }
  }

  /** What the calls say about the credential and the schemas, as lines of their own. */
  function conclude(checks: Checklist, tried: readonly Tried[], hasCredential: boolean): void {
    const results = tried.map(({ result }) => result)
    const refused = results.find((result) => result.kind === 'failed' && result.error.code === 'AUTHENTICATION_FAILED')
    // An action that is called without the credential says nothing about it.
    const reached = tried.some(
      ({ action, result }) =>
        (action.authSchemes?.length !== 0 || !hasCredential) &&
        (result.kind === 'answered' || (result.kind === 'failed' && result.outcome === 'done')),
    )
    const authenticated = refused !== undefined ? 'failed' : reached ? 'passed' : 'skipped'
    const details = {
      passed: hasCredential ? 'The API accepted the credential.' : 'The API asks for no credential.',
      failed: 'The API refused the credential. Enter a current one.',
      skipped: 'No read action without required input could be tried.',
    } as const
    checks.splice(1, 0, {
      id: 'authenticated',
      label: 'Authentication valid',
      status: authenticated,
      detail: details[authenticated],
      ms: 0,
    })
    const mismatch = results.find((result) => result.kind === 'failed' && result.error.code === 'SCHEMA_MISMATCH')
    const answered = results.some((result) => result.kind === 'answered')
    checks.push({
      id: 'schema',
      label: 'Response schema validated',
      status: mismatch !== undefined ? 'failed' : answered ? 'passed' : 'skipped',
      detail:
        mismatch?.kind === 'failed'
          ? mismatch.error.detail
          : answered
            ? 'Every answer matches its schema.'
            : 'There was no answer to check.',
      ms: 0,
    })
  }

  return {
    async run(caller, credentials, connectionId, ip) {
      requireRole(caller, 'member')
      const shown = await connections.get(caller, connectionId)
      requireManager(caller, { user_id: shown.owner === 'you' ? caller.personId : null, team_id: shown.team })
      const loaded = await services.connections.resolve(caller, shown.connector, shown.id)
      const { connector } = loaded
      const checks: Checklist = [await reach(loaded)]
      const tried: Tried[] = []
      if (checks[0]?.status === 'passed') {
        const wanted = connector.document.verify
        const chosen =
          wanted === undefined
            ? [...connector.actions.values()].filter(testable).sort(credentialFirst).slice(0, maxActions)
            : [connector.actions.get(wanted.action)]
        for (const action of chosen) {
          if (action === undefined) continue
          const start = clock.monotonic()
          const result = await run({
            credentials,
            entrance: 'test',
            ip,
            connector: connector.id,
            action: action.name,
            connection: loaded.id,
            input: wanted?.input ?? {},
          })
          tried.push({ action, result })
          checks.push(ofCall(action, result, clock.monotonic() - start))
        }
      }
      conclude(checks, tried, loaded.scheme.type !== 'none')
      const failed = checks.find((check) => check.status === 'failed')
      const status = statusOf(checks)
      await services.connections.report(loaded, status, status === 'active' ? null : (failed?.detail ?? null), true)
      await services.store.workspace(caller.workspaceId, (db) =>
        recordAct(db, caller.workspaceId, {
          kind: 'connection.tested',
          by: caller,
          target: { kind: 'connection', id: loaded.id, name: loaded.name },
          after: { ok: failed === undefined, failed: failed?.id },
        }),
      )
      return { ok: failed === undefined, checks, connection: await connections.get(caller, connectionId) }
    },
  }
}
