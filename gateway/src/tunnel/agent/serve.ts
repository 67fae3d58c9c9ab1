import { BodyBuffer } from '../../egress/body.ts'
import { writeHead } from '../../egress/tunnel/frames.ts'
import type { Stream } from '../../egress/tunnel/link.ts'
import { type Fault, type OnPremises, parseRequestHead, type RequestHead } from '../../egress/tunnel/messages.ts'
import { type Egress, EgressError, type EgressRequest, type EgressResponse } from '../../egress/types.ts'
import type { Log } from '../../log.ts'
import { Secret } from '../../secret.ts'
import { isAllowed } from './allowlist.ts'
import type { AllowRule } from './config.ts'
import type { AgentSecrets } from './secrets.ts'

/** More than the largest body that a gateway takes (30 MB). */
const maxBodyBytes = 64 * 1024 * 1024

/** A request with the credential in it, and what takes that credential out of the answer again. */
export interface Injected {
  readonly request: EgressRequest
  clean(answer: EgressResponse): EgressResponse
}

/** Puts a credential into a request: the gateway's own code for it, at work on this side. */
export type Inject = (credential: OnPremises, secrets: Readonly<Record<string, Secret>>, request: EgressRequest) => Injected

interface Dependencies {
  readonly rules: readonly AllowRule[]
  readonly secrets: AgentSecrets
  readonly egress: Egress
  readonly inject: Inject
  readonly log: Log
}

/** What every header value is: the gateway may have sent a secret in any of them. */
const sealed = (values: Readonly<Record<string, string>> | undefined) =>
  Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [name, new Secret(value)]))

function requestOf(head: RequestHead, body: Buffer, signal: AbortSignal): EgressRequest {
  const { authorities, client_certificate: client } = head
  return {
    door: 'tunnel',
    method: head.method,
    url: head.url,
    headers: sealed(Object.fromEntries(head.headers)),
    secretQuery: sealed(head.secret_query),
    ...(head.secret_path !== undefined && { secretPath: new Secret(head.secret_path) }),
    ...(body.length > 0 && { body }),
    timeoutMs: head.timeout_ms,
    maxResponseBytes: head.max_bytes,
    // The gateway follows them, each anew through its own checks and through those here.
    redirects: 'none',
    verifyTls: head.verify_tls,
    ...(authorities !== undefined && { authorities: { pem: authorities.pem, besidePublic: authorities.beside_public } }),
    ...(client !== undefined && {
      clientCertificate: {
        owner: client.owner,
        certificate: new Secret(client.certificate),
        key: new Secret(client.key),
      },
    }),
    http2: head.http2,
    signal,
  }
}

function faultOf(error: unknown): Fault {
  if (error instanceof EgressError)
    return {
      fault: error.fault,
      sent: error.sent,
      ...(error.status !== undefined && { status: error.status }),
      message: error.message.slice(0, 2_000),
    }
  return { fault: 'broken', sent: true, message: 'The agent failed.' }
}

/** Answers what gateways ask through a link. */
export function createServe({ rules, secrets, egress, inject, log }: Dependencies) {
  function urlOf({ url: text, connector, door }: RequestHead): URL {
    const url = URL.parse(text)
    if (url === null || !isAllowed(rules, url, connector)) {
      log.warn({ host: url?.host, connector, door }, 'refused: not in the allowlist of this agent')
      throw new EgressError('agent_refused', false, 'The host, port or connector is not in the allowlist of the agent.')
    }
    return url
  }

  async function withCredential(request: EgressRequest, credential: OnPremises, url: URL, connector: string): Promise<Injected> {
    const names = Object.entries(credential.secrets)
    const values = await Promise.all(
      names.map(async ([field, name]) => [field, await secrets.read(name, url, connector)] as const),
    )
    return inject(credential, Object.fromEntries(values), request)
  }

  async function answer(stream: Stream, head: RequestHead, body: Buffer, signal: AbortSignal): Promise<void> {
    const url = urlOf(head)
    const request = requestOf(head, body, signal)
    const { on_premises } = head
    const injected = on_premises === undefined ? null : await withCredential(request, on_premises, url, head.connector)
    let begun = false
    const begin = (status: number, headers: Readonly<Record<string, string>>, bytes: Uint8Array, end: boolean) => {
      const written = writeHead({ status, headers })
      if (written === null)
        throw new EgressError('too_large', true, 'The headers of the answer are too large.', undefined, status)
      begun = true
      stream.answer(written, bytes, end)
    }
    // A secret could be split between two pieces, so an answer to one is looked through whole.
    const response = await egress.request({
      ...(injected?.request ?? request),
      ...(head.streamed &&
        injected === null && {
          onHead: ({ status, headers }) => {
            begin(status, headers, new Uint8Array(0), false)
            return (chunk) => stream.send(chunk, false)
          },
        }),
    })
    if (begun) return stream.send(new Uint8Array(0), true)
    const clean = injected === null ? response : injected.clean(response)
    begin(clean.status, clean.headers, clean.body, true)
  }

  /** Takes a request that a gateway opened. */
  return function serve(stream: Stream, said: unknown) {
    const head = parseRequestHead(said)
    if (head === null) return stream.reset({ fault: 'broken', sent: false, message: 'The agent cannot read the request.' })
    const leaving = new AbortController()
    const body = new BodyBuffer(maxBodyBytes)
    stream.handler = {
      data(chunk) {
        if (!body.add(chunk)) stream.reset({ fault: 'too_large', sent: false, message: 'The body is too large for an agent.' })
      },
      end() {
        answer(stream, head, body.bytes, leaving.signal).catch((error: unknown) => {
          if (!(error instanceof EgressError)) log.error({ err: error }, 'a request failed in the agent')
          stream.reset(faultOf(error))
        })
      },
      reset: () => leaving.abort(),
      lost: () => leaving.abort(),
    }
  }
}
export type Serve = ReturnType<typeof createServe>
