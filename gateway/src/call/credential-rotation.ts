import type { LoadedConnection } from '../connections/registry.ts'
import { SallyportError } from '../errors.ts'
import { runCall } from './pipeline.ts'
import { probesOf } from './safe-actions.ts'
import type { CallServices } from './services.ts'
import type { CallRequest, CallResult, CredentialRotation } from './types.ts'

/** Replaces credentials while calls run: those under way keep the old one to their end, those that begin later take the new one. */
export function createCredentialRotation(services: CallServices): CredentialRotation {
  const { connections } = services

  /** A call as any other, on record too, that goes with the candidate and says nothing about the stored connection. */
  function tryOut(candidate: LoadedConnection, request: Omit<CallRequest, 'connector' | 'connection'>): Promise<CallResult> {
    const trial = { ...connections, resolve: () => candidate, report: async () => {} }
    const { connector, id } = candidate
    return runCall({ ...services, connections: trial }, { ...request, connector: connector.id, connection: id })
  }

  /** Throws unless the API took the candidate. */
  function accept(result: CallResult): void {
    if (result.kind !== 'failed') return
    const { error, outcome } = result
    const kept = 'The stored credential stays.'
    if (error.code === 'AUTHENTICATION_FAILED')
      throw new SallyportError('AUTHENTICATION_FAILED', {
        detail: `The API refused the new credential: ${error.detail} ${kept}`,
        diagnostics: { ...error.diagnostics, call_id: result.id },
      })
    // It answered something else: whatever that means, it is not about the credential.
    if (outcome === 'done') return
    throw new SallyportError(error.code, {
      detail: `The new credential could not be tried: ${error.detail} ${kept} With "verify": false it is replaced without a try.`,
      diagnostics: { ...error.diagnostics, call_id: result.id },
    })
  }

  return {
    async rotate(caller, credentials, id, ip, { fields, verify = true }) {
      const candidate = await connections.candidate(caller, id, fields)
      const takes = (schemes: readonly string[] | null) => schemes === null || schemes.includes(candidate.schemeName)
      const [probe] = verify ? probesOf(candidate.connector).filter(({ action }) => takes(action.authSchemes)) : []
      if (probe !== undefined) {
        const { action, input } = probe
        accept(await tryOut(candidate, { credentials, entrance: 'test', ip, action: action.name, input }))
      }
      return connections.rotate(caller, id, fields, probe !== undefined)
    },
  }
}
