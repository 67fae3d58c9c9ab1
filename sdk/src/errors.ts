import type { components, ErrorCode } from './api.ts'

type Problem = components['schemas']['Problem']
type Approval = components['schemas']['PendingCall']['approval']

/** The gateway answered with a problem document (RFC 9457), or a call did not succeed. */
export class SallyportProblem extends Error {
  override readonly name = 'SallyportProblem'
  /** Machine-readable kind of the problem. Codes may be added in later versions. */
  readonly code: ErrorCode | (string & {})
  readonly title: string
  /** HTTP status of the answer. */
  readonly status: number
  /** One sentence about this occurrence. */
  readonly detail: string
  /** What to do about it. */
  readonly resolution: string
  /** Id of the call in the log, when the problem belongs to one. */
  readonly callId: string | undefined
  /** Whether the API saw the request: `sent_unknown` means that a write may have taken effect. */
  readonly outcome: Problem['outcome']
  readonly diagnostics: Readonly<Record<string, unknown>> | undefined
  /** From the Retry-After header: seconds after which trying again makes sense. */
  readonly retryAfterSeconds: number | undefined

  constructor(problem: Omit<Problem, 'type'>, retryAfterSeconds?: number) {
    super(`${problem.code}: ${problem.detail}`)
    this.code = problem.code
    this.title = problem.title
    this.status = problem.status
    this.detail = problem.detail
    this.resolution = problem.resolution
    this.callId = problem.call_id
    this.outcome = problem.outcome
    this.diagnostics = problem.diagnostics
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** The call waits for the decision of a person; nothing was sent. Show `approval.url` to somebody who may decide. */
export class PendingApproval extends Error {
  override readonly name = 'PendingApproval'
  readonly callId: string
  readonly approval: Approval

  constructor(callId: string, approval: Approval) {
    super(`The call waits for approval at ${approval.url} until ${approval.expires_at}.`)
    this.callId = callId
    this.approval = approval
  }
}

/** No gateway answered at the address: nothing listens there, the name does not resolve, or something else answers. */
export class SallyportUnreachable extends Error {
  override readonly name = 'SallyportUnreachable'
  readonly url: string

  constructor(url: string, reason: string, cause?: unknown) {
    super(`No Sallyport gateway answers at ${url || 'this origin'}: ${reason}`, { cause })
    this.url = url
  }
}
