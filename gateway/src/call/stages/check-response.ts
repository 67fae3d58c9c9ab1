import { SallyportError } from '../../errors.ts'
import type { Reply, Verified } from '../facts.ts'

/** Does a successful answer match the action's output schema? Throws SCHEMA_MISMATCH where the connector enforces it. */
export function checkResponse(reply: Reply): Verified {
  const { permit, status, body, json, suspect, bytes, diagnostics, variables, redactor } = reply
  const { action } = permit
  const empty = body === null && bytes === 0
  const problems = action.limits.responseCheck === 'off' || !json || empty ? [] : action.checkOutput(body)
  const [first] = problems
  if (first === undefined) return { permit, status, body, json, suspect, bytes, diagnostics, variables, redactor } as Verified
  if (action.limits.responseCheck === 'enforce') {
    throw new SallyportError('SCHEMA_MISMATCH', {
      detail: `The answer to "${action.name}" does not match its output schema: ${first.path === '' ? '' : `${first.path} `}${first.message}.`,
      diagnostics: { upstream_status: status, errors: problems },
    })
  }
  const noted: Readonly<Record<string, unknown>> = { ...diagnostics, schema_problems: problems }
  return { permit, status, body, json, suspect, bytes, diagnostics: noted, variables, redactor } as Verified
}
