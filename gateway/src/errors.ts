/**
 * The one catalogue of errors. The problem documents of the HTTP API, the SDK's types, MCP error texts and
 * `docs/errors.md` are all derived from it.
 */

interface CatalogueEntry {
  /** HTTP status of the problem document (RFC 9457). */
  readonly status: number
  /** Short name of the problem, the same for every occurrence. */
  readonly title: string
  /** Why it happens. */
  readonly cause: string
  /** What the reader can do about it. */
  readonly resolution: string
}

export const errorCatalogue = {
  UNAUTHENTICATED: {
    status: 401,
    title: 'Not signed in',
    cause: 'The request to Sallyport carries no valid token or session.',
    resolution: 'Send a current token as "Authorization: Bearer sp_…", or sign in again.',
  },
  TWO_FACTOR_REQUIRED: {
    status: 403,
    title: 'Two-factor sign-in required',
    cause: 'The workspace lets in only people who sign in with a second factor, and this person has none yet.',
    resolution: 'Turn on two-factor sign-in in your profile, then go on.',
  },
  FORBIDDEN: {
    status: 403,
    title: 'Not allowed',
    cause: 'The caller is known, but its role or scope does not permit this.',
    resolution: 'Ask an admin of the workspace for a higher role, or use a token that has it.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'Not found',
    cause: 'Nothing with this id exists in the workspace, or the caller may not see it.',
    resolution: 'Check the id. List what exists with GET /api/v1/tools or `sallyport tools`.',
  },
  INVALID_INPUT: {
    status: 400,
    title: 'Invalid input',
    cause: 'The request does not match its schema.',
    resolution: 'Correct the fields named in the diagnostics and send it again.',
  },
  CONFLICT: {
    status: 409,
    title: 'Conflict',
    cause: 'The thing has changed, or already exists, or has already been decided.',
    resolution: 'Read its current state and decide again.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    title: 'Request too large',
    cause: 'The request body is larger than the gateway accepts.',
    resolution: 'Send less, or import the document from a URL.',
  },
  URL_NOT_ALLOWED: {
    status: 403,
    title: 'URL not allowed',
    cause: 'The address is outside the allowlist of the connector, or in a range the gateway never dials.',
    resolution:
      "Check the server URL and the connector's url_patterns. Private ranges need SALLYPORT_EGRESS_ALLOW, set by the operator.",
  },
  RATE_LIMITED: {
    status: 429,
    title: 'Too many calls',
    cause: 'A limit of the action, the connection or the token was reached, or one of the API.',
    resolution: 'Wait for the time in Retry-After, or raise the limits of the connector or of the token.',
  },
  APPROVAL_REQUIRED: {
    status: 403,
    title: 'Approval required',
    cause: 'The action needs a decision by a person, and there is none for this exact call.',
    resolution: 'Ask a manager to approve the call on its approval page.',
  },
  NEEDS_REAUTH: {
    status: 409,
    title: 'Connection needs to be authorised again',
    cause: 'The stored credential is missing, was revoked or can no longer be renewed.',
    resolution: 'A person opens mend_url of the diagnostics, or the connection in the dashboard, and authorises it again.',
  },
  AUTHENTICATION_FAILED: {
    status: 502,
    title: 'The API refused the credential',
    cause: 'The API answered 401 or 403: the stored credential is invalid, expired or lacks a permission.',
    resolution: 'Update the credential of the connection, then test it.',
  },
  ENDPOINT_NOT_FOUND: {
    status: 502,
    title: 'The API has nothing at this address',
    cause: 'The API answered 404 or 410: the resource or the endpoint does not exist.',
    resolution: 'Check the arguments. If every call fails so, check the server URL and the path of the action.',
  },
  TIMEOUT: {
    status: 504,
    title: 'The API took too long',
    cause: 'The call did not finish before its deadline.',
    resolution: "Check the health of the API, or raise the connector's timeout_ms.",
  },
  SSL_ERROR: {
    status: 502,
    title: 'TLS certificate problem',
    cause: "The API's certificate is expired, self-signed, or issued for another host, or the API does not take the client's.",
    resolution:
      'Check the certificate of the API and the host name in the server URL. A private authority goes into security.tls.ca of the connector.',
  },
  CONNECTION_REFUSED: {
    status: 502,
    title: 'The API cannot be reached',
    cause: 'The host name does not resolve to an address the gateway may dial, or nothing accepts connections there.',
    resolution: 'Check the server URL and that the API is running and reachable from the gateway.',
  },
  AGENT_UNAVAILABLE: {
    status: 503,
    title: 'No agent of the private network is there',
    cause: 'The connection leads through a private network, and none of its agents is connected to this gateway.',
    resolution: 'Start an agent in that network, or see on the Networks page why it does not connect. Nothing was sent.',
  },
  AGENT_REFUSED: {
    status: 403,
    title: 'The agent does not permit it',
    cause:
      'The agent of the private network may not send this request: the host, the port, the connector or the secret is not in its own file.',
    resolution: 'Whoever runs the agent adds it to the allowlist in its file. The gateway cannot.',
  },
  SCHEMA_MISMATCH: {
    status: 502,
    title: 'The answer does not match its schema',
    cause: "The API answered with something other than the action's output schema describes.",
    resolution: "Update the action's output schema, or set limits.response_check to warn.",
  },
  TOOL_CHANGED: {
    status: 409,
    title: 'The tool is not the one that was taken',
    cause:
      'An MCP server describes a tool in other words, or with another schema, than when an admin took it. It may do something else now.',
    resolution:
      'An admin looks at what is new in the connector (Check for changes) and takes it. Until then the tool is not called.',
  },
  UPSTREAM_ERROR: {
    status: 502,
    title: 'The API answered with an error',
    cause: 'The API answered with a status that is not a success.',
    resolution: 'Read the diagnostics for the status and the body the API sent.',
  },
  RESPONSE_TOO_LARGE: {
    status: 502,
    title: 'The answer is too large',
    cause: 'The decoded answer is larger than max_response_bytes of the connector.',
    resolution: 'Ask the API for less (a page, fewer fields), or raise max_response_bytes.',
  },
  SCRIPT_FAILED: {
    status: 502,
    title: 'The script failed',
    cause: "The connector's script threw an error, or returned something that is no outcome.",
    resolution: 'Read where it happened in the diagnostics, correct the script and try it with a test run.',
  },
  SCRIPT_LIMIT: {
    status: 502,
    title: 'The script reached a limit',
    cause: "The connector's script took more time, memory, requests or log than one run may have, and was ended.",
    resolution: 'Let the script do less in one run: ask for smaller pages, log less, and look for loops that do not end.',
  },
  RECORDING_MISSING: {
    status: 404,
    title: 'No recording of this call',
    cause: 'The call is to be answered from a cassette that has no recording of this action with this input.',
    resolution: 'Record the call with `sallyport call … --record`, or import a newer file of the cassette. Nothing was sent.',
  },
  RECORDING_STALE: {
    status: 409,
    title: 'The recording is stale',
    cause: 'The action has another method, path, request or schema than when the call was recorded.',
    resolution: 'Record the call anew with `sallyport call … --record`. Nothing was sent.',
  },
  MODEL_NOT_CONFIGURED: {
    status: 409,
    title: 'No language model',
    cause: 'This needs a language model, and the gateway has none: it is off by default.',
    resolution: 'Ask the operator to set SALLYPORT_MODEL and SALLYPORT_MODEL_URL, or go on without it.',
  },
  MODEL_FAILED: {
    status: 502,
    title: 'The language model did not answer',
    cause: 'The endpoint of the language model refused the request, or answered something that cannot be used.',
    resolution: "Try again. If it stays so, let the operator check SALLYPORT_MODEL, its URL and key, and the endpoint's limits.",
  },
  OUTCOME_UNKNOWN: {
    status: 502,
    title: 'It is unknown whether the write took effect',
    cause: 'The request was sent, but the connection broke or timed out before an answer came.',
    resolution: 'Look at the API whether the change is there before you send it again.',
  },
  UNAVAILABLE: {
    status: 503,
    title: 'Sallyport is temporarily unavailable',
    cause: 'The database cannot be reached, or the gateway is starting, stopping or overloaded.',
    resolution: 'Try again after the time in Retry-After.',
  },
  DECRYPT_FAILED: {
    status: 500,
    title: 'A stored secret cannot be opened',
    cause: 'The root key is not the one the secret was sealed with, or the stored data was altered.',
    resolution: 'Start the gateway with the original root key, or enter the credential again.',
  },
  INTERNAL: {
    status: 500,
    title: 'Internal error',
    cause: 'A fault in Sallyport.',
    resolution: "Look up the call id in the gateway's log and report it.",
  },
} as const satisfies Record<string, CatalogueEntry>

export type ErrorCode = keyof typeof errorCatalogue

export const errorCodes = Object.keys(errorCatalogue) as ErrorCode[]

export interface SallyportErrorOptions {
  /** One public sentence about this occurrence; the catalogue's cause when absent. */
  readonly detail?: string
  /** Public, structured facts: the path of a bad field, the status the API answered. Never a secret. */
  readonly diagnostics?: Record<string, unknown>
  /** Seconds after which a retry makes sense; becomes the Retry-After header. */
  readonly retryAfterSeconds?: number
  /** For the log only; never leaves the gateway. */
  readonly internal?: string
  readonly cause?: unknown
}

/** What passes: Retry-After goes with each (RFC 9110 section 10.2.3, RFC 6585 section 4). */
const temporaryStatus: ReadonlySet<number> = new Set([429, 503])
/** Where nobody knows better, such as of an API that says 429 and no time. */
const usualRetrySeconds = 5

/** An error with a code of the catalogue, a public sentence and an internal detail. */
export class SallyportError extends Error {
  override readonly name = 'SallyportError'
  readonly code: ErrorCode
  readonly detail: string
  readonly diagnostics: Record<string, unknown> | undefined
  readonly retryAfterSeconds: number | undefined
  readonly internal: string | undefined

  constructor(code: ErrorCode, options: SallyportErrorOptions = {}) {
    const detail = options.detail ?? errorCatalogue[code].cause
    super(`${code}: ${detail}`, { cause: options.cause })
    this.code = code
    this.detail = detail
    this.diagnostics = options.diagnostics
    this.retryAfterSeconds = options.retryAfterSeconds ?? (temporaryStatus.has(this.status) ? usualRetrySeconds : undefined)
    this.internal = options.internal
  }

  get status(): number {
    return errorCatalogue[this.code].status
  }

  get resolution(): string {
    return errorCatalogue[this.code].resolution
  }
}

/** Anything thrown becomes a SallyportError; what is not one is INTERNAL and shows nothing of itself. */
export function toSallyportError(error: unknown): SallyportError {
  if (error instanceof SallyportError) return error
  return new SallyportError('INTERNAL', { internal: error instanceof Error ? error.message : String(error), cause: error })
}

/** For the default branch of a switch over a union: a new member fails to compile. */
export function unreachable(value: never): never {
  throw new SallyportError('INTERNAL', { internal: `unreachable value ${JSON.stringify(value)}` })
}
