import type { Redactor } from '../egress/redact.ts'
import { SallyportError } from '../errors.ts'

/** An error whose words may quote what an API sent: a path in its answer, a message of a library. */
export function redactError(error: SallyportError, redactor: Redactor): SallyportError {
  const { code, detail, diagnostics, retryAfterSeconds, internal, cause } = error
  return new SallyportError(code, {
    detail: redactor.text(detail),
    ...(diagnostics === undefined ? {} : { diagnostics: redactor.value(diagnostics) as Record<string, unknown> }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(internal === undefined ? {} : { internal: redactor.text(internal) }),
    ...(cause instanceof Error ? { cause: redactCause(cause, redactor) } : {}),
  })
}

/** For the log: what kind of error it was, and where. */
function redactCause(cause: Error, redactor: Redactor): Error {
  const copy = new Error(redactor.text(cause.message))
  copy.name = cause.name
  if (cause.stack !== undefined) copy.stack = redactor.text(cause.stack)
  return copy
}
