import { SallyportError, unreachable } from '../../errors.ts'
import { canonicalJson, sha256 } from '../../vault/digest.ts'
import type { Checked, Claim, First } from '../facts.ts'
import type { CallServices } from '../services.ts'
import type { CallRequest } from '../types.ts'

/** The API need not learn the caller's own key, and another caller's equal key must be another key to it. */
function upstreamKey(workspace: string, caller: string, key: string): string {
  return sha256(canonicalJson([workspace, caller, key])).toString('base64url')
}

function firstOf({ caller, connection, action, input, work }: Checked, idempotencyKey: string | null): Claim {
  return { kind: 'first', first: { caller, connection, action, input, work, idempotencyKey } as First }
}

/**
 * Has the caller made this very call before, by its idempotency key? Then the first one answers for it. A key counts for 24
 * hours, with the same parameters only. Throws CONFLICT for other parameters, and while the first call is under way.
 */
export function deduplicate(
  services: CallServices,
  checked: Checked,
  request: CallRequest,
  callId: string,
): Claim | Promise<Claim> {
  const key = request.idempotencyKey
  return key === undefined || request.dryRun ? firstOf(checked, null) : claim(services, checked, key, callId)
}

async function claim(services: CallServices, checked: Checked, key: string, callId: string): Promise<Claim> {
  const { caller, connection, action, input } = checked
  const parameters = { connector: connection.connector.id, connection: connection.id, action: action.name, input }
  const fingerprint = sha256(canonicalJson(parameters))
  const earlier = await services.idempotency.claim(caller, key, fingerprint, callId, action.idempotencyHeader !== null)
  if (earlier === null) return firstOf(checked, upstreamKey(caller.workspaceId, caller.id, key))
  switch (earlier.kind) {
    case 'other_parameters':
      throw new SallyportError('CONFLICT', {
        detail: 'This idempotency key was used for a call with other parameters. Use a new key for a new call.',
      })
    case 'under_way':
      throw new SallyportError('CONFLICT', {
        detail: 'The first call with this idempotency key is still under way. Ask again in a moment.',
        retryAfterSeconds: 1,
        diagnostics: { call_id: earlier.callId },
      })
    case 'ended':
      return { kind: 'repeated', result: earlier.result }
    default:
      return unreachable(earlier)
  }
}
