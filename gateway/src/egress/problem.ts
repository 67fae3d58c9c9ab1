import { type ErrorCode, SallyportError } from '../errors.ts'
import type { EgressError, EgressFault } from './types.ts'

/** What a fault is to people. The door's own message may quote the other side, so it stays in the log. */
const problems: Readonly<Record<EgressFault, { readonly code: ErrorCode; readonly detail: string }>> = {
  blocked: {
    code: 'URL_NOT_ALLOWED',
    detail:
      'The gateway may not dial this address. Private ranges need SALLYPORT_EGRESS_ALLOW; the gateway itself is never dialled.',
  },
  unresolvable: {
    code: 'CONNECTION_REFUSED',
    detail:
      'The host name does not resolve to an address the gateway may dial. Private ranges need SALLYPORT_EGRESS_ALLOW, set by the operator.',
  },
  refused: { code: 'CONNECTION_REFUSED', detail: 'Nothing accepts connections at this address.' },
  tls: {
    code: 'SSL_ERROR',
    detail: 'There is no TLS connection: the certificate is not valid for this host, or the API wants a client certificate.',
  },
  timeout: { code: 'TIMEOUT', detail: 'There was no complete answer in time.' },
  too_large: { code: 'RESPONSE_TOO_LARGE', detail: 'The answer is too large.' },
  broken: {
    code: 'UPSTREAM_ERROR',
    detail: 'The connection broke before the answer was complete, or the answer is not valid HTTP.',
  },
  aborted: { code: 'UNAVAILABLE', detail: 'The request was stopped.' },
  no_agent: { code: 'AGENT_UNAVAILABLE', detail: 'No agent of the private network is connected.' },
  agent_refused: { code: 'AGENT_REFUSED', detail: 'The agent may not send this there: its own allowlist decides.' },
  agent_credential: {
    code: 'AGENT_REFUSED',
    detail: 'The agent has no such secret, may not send it there, or could not get it. Its log says which.',
  },
}

/** One public sentence. */
export function describeFault(fault: EgressFault): string {
  return problems[fault].detail
}

/** The error of the catalogue for a request that changes nothing at the other side. */
export function egressProblem(error: EgressError): SallyportError {
  const { code, detail } = problems[error.fault]
  return new SallyportError(code, { detail, internal: error.message, cause: error })
}
