import { requireRole } from '../caller.ts'
import { countTools } from '../connections/mcp/count-tools.ts'
import { requireManager } from '../connections/owners.ts'
import type { LoadedConnection } from '../connections/registry.ts'
import { clientCertificateOf, wantsCertificate } from '../connections/schemes/client-certificate.ts'
import { secretsOf } from '../connections/schemes/credential.ts'
import type { Connections } from '../connections/types.ts'
import type { CompiledAction } from '../definition/types.ts'
import type { ClientCertificate } from '../egress/certificates.ts'
import { describeFault } from '../egress/problem.ts'
import { createRedactor } from '../egress/redact.ts'
import { EgressError } from '../egress/types.ts'
import { SallyportError } from '../errors.ts'
import { recordAct } from '../store/acts.ts'
import type { ConnectionStatus } from '../store/schema.ts'
import { redactError } from './redact-error.ts'
import { probesOf } from './safe-actions.ts'
import type { CallServices } from './services.ts'
import type { CallRequest, CallResult, ConnectionTests, TestCheck } from './types.ts'

const reachTimeoutMs = 10_000

type Checklist = TestCheck[]

interface Tried {
  readonly action: CompiledAction
  readonly result: CallResult
}

/** What an MCP server said when it was asked for its tools; `refusal` when it refused the credential. */
interface Listed {
  readonly check: TestCheck
  /** Whether it let somebody in for that: a program lists its tools for anybody. */
  readonly proves: boolean
  readonly refusal: string | null
}

/** What the checks mean for the connection: one action that fails by itself does not make the connection fail. */
function statusOf(checks: Checklist): ConnectionStatus {
  const failed = (id: string) => checks.some((check) => check.id === id && check.status === 'failed')
  if (failed('authenticated')) return 'needs_reauth'
  const actions = checks.filter((check) => check.id.startsWith('action:'))
  const allFail = actions.length > 0 && actions.every((check) => check.status === 'failed')
  return failed('reachable') || failed('tools') || allFail ? 'failing' : 'active'
}

/** How far the way to the API went, as what came of it tells; undefined when it does not tell. */
function phasesOf(url: string, error: EgressError | null): TestCheck['phases'] {
  const tls = url.startsWith('https:') ? 'passed' : 'skipped'
  const all = { dns: 'passed', tcp: 'passed', tls } as const
  if (error === null || error.sent) return all
  switch (error.fault) {
    case 'unresolvable':
      return { dns: 'failed', tcp: 'skipped', tls: 'skipped' }
    case 'refused':
      return { dns: 'passed', tcp: 'failed', tls: 'skipped' }
    case 'tls':
      return { ...all, tls: 'failed' }
    case 'too_large':
    case 'broken':
      return all
    case 'blocked':
    case 'timeout':
    case 'aborted':
    case 'no_agent':
    case 'agent_refused':
    case 'agent_credential':
      return undefined
    default:
      return error.fault satisfies never
  }
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
    if (!wantsCertificate(connection.scheme) || Object.keys(connection.agentSecrets).length > 0) return undefined
    const { fields } = await services.connections.openCredential(connection)
    return clientCertificateOf(connection, fields)
  }

  async function reach(connection: LoadedConnection): Promise<TestCheck> {
    const { baseUrl: url, connector } = connection
    const start = clock.monotonic()
    const check = (status: TestCheck['status'], detail: string, phases?: TestCheck['phases']): TestCheck => ({
      id: 'reachable',
      label: 'Base URL reachable',
      status,
      detail,
      ms: clock.monotonic() - start,
      ...(phases !== undefined && { phases }),
    })
    const isService = connector.kind === 'external'
    if (url === null) return check('skipped', 'The connector is code, and names no server.')
    try {
      const { status } = await egress.via(connection.passage).request({
        door: 'reach',
        method: 'GET',
        url: isService ? `${url}/health` : url,
        headers: {},
        timeoutMs: reachTimeoutMs,
        maxResponseBytes: 1_048_576,
        verifyTls: connector.verifyTls,
        authorities: connector.authorities ?? undefined,
        clientCertificate: await clientCertificate(connection),
        http2: connector.http2,
      })
      // The address of an API may answer anything; a service says how it is.
      if (isService && status >= 500) return check('failed', `The service says by ${status} that it is not well.`)
      return check('passed', `Answered ${status}.`, phasesOf(url, null))
    } catch (error) {
      if (!(error instanceof EgressError)) throw error
      const phases = phasesOf(url, error)
      if (error.fault === 'too_large') return check('passed', 'Answered.', phases)
      return check('failed', describeFault(error.fault), phases)
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

  async function redactorOf(connection: LoadedConnection) {
    const { fields } = await services.connections.openCredential(connection)
    return createRedactor(secretsOf(connection.scheme, fields))
  }

  /** Whether an MCP server lists its tools for the credential: none of them is called for that. */
  async function list(connection: LoadedConnection): Promise<Listed> {
    const start = clock.monotonic()
    const check = (status: TestCheck['status'], detail: string): TestCheck => ({
      ...{ id: 'tools', label: 'Tools listed', status, detail },
      ms: clock.monotonic() - start,
    })
    try {
      const count = await countTools(services, connection)
      return { check: check('passed', `The server lists ${count} tools.`), proves: connection.baseUrl !== null, refusal: null }
    } catch (thrown) {
      if (!(thrown instanceof SallyportError)) throw thrown
      // What it answers is in there, and may repeat what it was given.
      const error = thrown.code === 'NEEDS_REAUTH' ? thrown : redactError(thrown, await redactorOf(connection))
      const refused = error.code === 'AUTHENTICATION_FAILED' || error.code === 'NEEDS_REAUTH'
      return { check: check('failed', error.detail), proves: false, refusal: refused ? error.detail : null }
    }
  }

  /** What the calls say about the credential and the schemas, as lines of their own. */
  function conclude(checks: Checklist, tried: readonly Tried[], listed: Listed | null, hasCredential: boolean): void {
    const results = tried.map(({ result }) => result)
    const refused = results.find(
      (result) =>
        result.kind === 'failed' && (result.error.code === 'AUTHENTICATION_FAILED' || result.error.code === 'NEEDS_REAUTH'),
    )
    // An action that is called without the credential says nothing about it.
    const reached = tried.some(
      ({ action, result }) =>
        (action.authSchemes?.length !== 0 || !hasCredential) &&
        (result.kind === 'answered' || (result.kind === 'failed' && result.outcome === 'done')),
    )
    const isRefused = refused !== undefined || listed?.refusal != null
    const authenticated = isRefused ? 'failed' : reached || listed?.proves === true ? 'passed' : 'skipped'
    const details = {
      passed: hasCredential ? 'The API accepted the credential.' : 'The API asks for no credential.',
      failed:
        refused?.kind === 'failed' && refused.error.code === 'NEEDS_REAUTH'
          ? refused.error.detail
          : (listed?.refusal ?? 'The API refused the credential. Enter a current one.'),
      skipped:
        checks[0]?.status === 'failed' ? 'The API could not be asked.' : 'No read action without required input could be tried.',
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
    async run(caller, credentials, connectionId, ip, onCheck = () => {}) {
      requireRole(caller, 'member')
      const shown = await connections.get(caller, connectionId)
      requireManager(caller, { user_id: shown.owner === 'you' ? caller.personId : null, team_id: shown.team })
      const loaded = await services.connections.resolve(caller, shown.connector, shown.id)
      if (loaded.mock !== null)
        throw new SallyportError('CONFLICT', {
          detail: 'This connection answers with mocks, so there is nothing to test. Take its mock away first.',
        })
      const { connector } = loaded
      const checks: Checklist = [await reach(loaded)]
      for (const check of checks) onCheck(check)
      const tried: Tried[] = []
      const isUp = checks[0]?.status !== 'failed'
      const listed = isUp && connector.kind === 'mcp' ? await list(loaded) : null
      if (listed !== null) {
        checks.push(listed.check)
        onCheck(listed.check)
      }
      if (isUp && listed?.refusal == null) {
        for (const { action, input } of probesOf(connector)) {
          const start = clock.monotonic()
          const result = await run({
            credentials,
            entrance: 'test',
            ip,
            connector: connector.id,
            action: action.name,
            connection: loaded.id,
            input,
          })
          tried.push({ action, result })
          const check = ofCall(action, result, clock.monotonic() - start)
          checks.push(check)
          onCheck(check)
        }
      }
      conclude(checks, tried, listed, loaded.scheme.type !== 'none')
      for (const check of checks) if (check.id === 'authenticated' || check.id === 'schema') onCheck(check)
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
