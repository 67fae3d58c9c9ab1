import { formOf } from '../../connections/catalog/form.ts'
import { chooseScheme, parseSettings } from '../../connections/fit.ts'
import { obtainOnce } from '../../connections/obtained.ts'
import { inject, parseFields, secretsOf, settingsIn } from '../../connections/schemes/credential.ts'
import { schemeOf } from '../../connections/schemes/registry.ts'
import { authModeOf } from '../../connections/summary.ts'
import type { VerifyRequest } from '../../connections/types.ts'
import type { AuthScheme } from '../../definition/document.ts'
import { isObject } from '../../definition/json-schema/keywords.ts'
import type { CompiledConnector, HttpAction } from '../../definition/types.ts'
import { describeFault, egressProblem } from '../../egress/problem.ts'
import { createRedactor } from '../../egress/redact.ts'
import { type Egress, EgressError, type EgressResponse } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import { withBodyCredential } from '../executors/body-credential.ts'
import { mergeHeaders } from '../executors/http.ts'
import { refusePlainHttp } from '../plain-http.ts'
import { reasonIn } from '../reason.ts'

const timeoutMs = 15_000
const maxResponseBytes = 1_048_576
/** Of what a provider says about a refusal; more helps nobody. */
const maxSnippet = 300

export interface Verdict {
  readonly ok: boolean
  readonly message: string
}

const passed: Verdict = { ok: true, message: '' }

/** The request of the connector's probe with what was submitted. */
function probeOf(connector: CompiledConnector, scheme: AuthScheme, { environment, auth, settings }: ReturnType<typeof formOf>) {
  const probe = connector.verify()
  const parsed = parseSettings(connector, environment, settings, scheme, settingsIn(scheme, auth.fields ?? {}))
  const baseUrl = connector.baseUrl(environment, parsed) // throws naming a missing server variable
  // What a connector's own code says of a credential is for its test, once it is installed.
  if (probe === null || probe.action.kind !== 'http') return null
  const { action } = probe
  const input = isObject(probe.input) ? probe.input : {}
  const base = action.baseUrl(environment, parsed) ?? baseUrl
  if (base === null) return null
  const url = action.renderUrl(base, input, parsed)
  refusePlainHttp(connector, url)
  if (!connector.urlAllowed(url, base))
    throw new SallyportError('URL_NOT_ALLOWED', { detail: 'The address of the probe is none that this connector may call.' })
  return { action, base, settings: parsed, request: action.renderRequest(url, input, parsed) }
}

function verdictOn(action: HttpAction, { status, body }: EgressResponse, tidy: (text: string) => string): Verdict {
  const text = body.toString('utf8')
  const failure = action.failureOf(status, jsonOf(text))
  if (failure === null) return passed
  const said = tidy(reasonIn(text))
  const answered = `The provider answered ${status}${failure.by === 'content' ? `, ${failure.says}` : ''}`
  return { ok: false, message: said === '' ? `${answered}.` : `${answered}: ${said}` }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A login that does not succeed is a refusal of the provider; an address that may not be dialled is none. */
function refusalOf(error: unknown): Verdict {
  if (error instanceof SallyportError && error.code !== 'URL_NOT_ALLOWED') return { ok: false, message: error.detail }
  throw error
}

/** One call of the connector's probe. Throws INVALID_INPUT for fields that do not fit, URL_NOT_ALLOWED for an address the door refuses. */
export async function verifyAt(egress: Egress, connector: CompiledConnector, submitted: VerifyRequest): Promise<Verdict> {
  const { name, scheme } = chooseScheme(connector, submitted.scheme)
  const mode = authModeOf(scheme)
  // These prove themselves later: by the provider's own page, or there is nothing to prove.
  if (mode === 'mcp_oauth' || mode === 'byo_oauth' || mode === 'none') return passed
  const form = formOf(connector, submitted)
  const entered = parseFields(scheme, form.auth.fields ?? {})
  const probe = probeOf(connector, scheme, form)
  if (probe === null) return passed
  const { action, base, request, settings } = probe
  const baseUrl = connector.baseUrl(form.environment, settings)
  const alone = { egress, connector, settings, baseUrl, certificate: undefined, scopes: null, app: async () => null }
  const obtainer = schemeOf(scheme).obtainer?.(scheme, entered, alone)
  let fields = entered
  try {
    if (obtainer !== undefined) fields = { ...(await obtainOnce(obtainer)), ...entered }
  } catch (error) {
    return refusalOf(error)
  }
  const redactor = createRedactor(secretsOf(scheme, fields))
  const tidy = (text: string) =>
    redactor
      .text(text)
      .replace(/[\s\p{C}]+/gu, ' ')
      .trim()
      .slice(0, maxSnippet)
  const injection = inject({ id: `verify/${connector.id}/${name}`, connector, scheme, settings, credential: null }, fields)
  const { body, headers } = withBodyCredential(request, injection.body)
  try {
    const response = await egress.request({
      door: 'verify',
      method: request.method,
      url: request.url,
      headers: mergeHeaders(headers, injection.headers),
      secretQuery: injection.query,
      ...(body === undefined ? {} : { body }),
      sign: injection.sign,
      timeoutMs,
      maxResponseBytes,
      redirects: action.effect === 'read' ? 'follow' : 'none',
      mayRedirectTo: (url) => connector.urlAllowed(url, base),
      verifyTls: connector.verifyTls,
      authorities: connector.authorities ?? undefined,
      clientCertificate: injection.clientCertificate,
      http2: connector.http2,
    })
    return verdictOn(action, response, tidy)
  } catch (error) {
    if (!(error instanceof EgressError)) throw error
    if (error.fault === 'blocked') throw egressProblem(error)
    return { ok: false, message: describeFault(error.fault) }
  }
}
