import type { ApprovalPolicy } from '../approval-policy.ts'
import { type Caller, requireRole } from '../caller.ts'
import { compileUrlPattern } from '../definition/template/url-pattern.ts'
import { SallyportError } from '../errors.ts'
import type { ConnectionRow } from '../store/schema.ts'

/** The approval policy that a change leaves. Admins set it, so that nobody who calls over a connection lifts it for themselves. */
export function policyOf(
  caller: Caller,
  { approval: before }: Pick<ConnectionRow, 'approval'>,
  { approval }: { readonly approval?: ApprovalPolicy | null },
): ApprovalPolicy | null {
  if (approval === undefined) return before
  requireRole(caller, 'admin')
  const wrong = approval?.targets?.find((pattern) => compileUrlPattern(pattern) === null)
  if (wrong === undefined) return approval
  throw new SallyportError('INVALID_INPUT', {
    detail: `"${wrong}" is no URL pattern. Write targets such as https://api.example.com/v1/payments/*.`,
  })
}
