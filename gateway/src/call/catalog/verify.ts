import { formOf } from '../../connections/catalog/form.ts'
import { chooseScheme, parseSettings } from '../../connections/fit.ts'
import type { McpPlace } from '../../connections/mcp/client.ts'
import { listOverHttp } from '../../connections/mcp/http-listing.ts'
import { mcpPlaceOf } from '../../connections/mcp/sign-in.ts'
import { obtainOnce } from '../../connections/obtained.ts'
import { inject, parseFields, secretsOf, settingsIn } from '../../connections/schemes/credential.ts'
import { schemeOf } from '../../connections/schemes/registry.ts'
import type { CredentialFields } from '../../connections/schemes/types.ts'
import { authModeOf } from '../../connections/summary.ts'
import type { VerifyRequest } from '../../connections/types.ts'
import { isObject } from '../../definition/json-schema/keywords.ts'
import type { CommandAction, CompiledConnector, HttpAction, Probe, Settings } from '../../definition/types.ts'
import { describeFault, egressProblem } from '../../egress/problem.ts'
import { createRedactor } from '../../egress/redact.ts'
import { type Egress, EgressError, type EgressResponse } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import { withBodyCredential } from '../executors/body-credential.ts'
import { executeBuiltin } from '../executors/builtin.ts'
import { mergeHeaders } from '../executors/http.ts'
import { refusePlainHttp } from '../plain-http.ts'
import { reasonIn } from '../reason.ts'
import type { CallServices } from '../services.ts'

const timeoutMs = 15_000
const maxResponseBytes = 1_048_576
/** Of what a provider says about a refusal; more helps nobody. */
const maxSnippet = 300

export type VerifyServices = Pick<CallServices, 'egress' | 'builtins' | 'log'>

export interface Verdict {
  readonly ok: boolean
  readonly message: string
}

const passed: Verdict = { ok: true, message: '' }

type Form = ReturnType<typeof formOf>
type Told = (text: string) => string

/** The request of the connector's probe with what was submitted; null when it would go to another server of the connector. */
function requestOf(connector: CompiledConnector, action: HttpAction, input: Probe['input'], form: Form, settings: Settings) {
  const base = action.baseUrl(form.environment, settings) ?? connector.baseUrl(form.environment, settings)
  if (base === null) return null
  const url = action.renderUrl(base, isObject(input) ? input : {}, settings)
  refusePlainHttp(connector, url)
  if (!connector.urlAllowed(url, base))
    throw new SallyportError('URL_NOT_ALLOWED', { detail: 'The address of the probe is none that this connector may call.' })
  return { base, request: action.renderRequest(url, isObject(input) ? input : {}, settings) }
}

function verdictOn(action: HttpAction, { status, body }: EgressResponse, tidy: Told): Verdict {
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

/** What the credential is entered for. */
interface Entered {
  readonly connector: CompiledConnector
  readonly settings: Settings
  readonly fields: CredentialFields
}

/** One request, as a call of the action would make it. */
async function askOverHttp(
  egress: Egress,
  action: HttpAction,
  { base, request }: NonNullable<ReturnType<typeof requestOf>>,
  { connector, settings, fields }: Entered,
  { name, scheme }: ReturnType<typeof chooseScheme>,
  tidy: Told,
): Promise<Verdict> {
  const injection = inject({ id: `verify/${connector.id}/${name}`, connector, scheme, settings, credential: null }, fields)
  const { body, headers } = withBodyCredential(request, injection.body)
  const response = await egress.request({
    door: 'verify',
    method: request.method,
    url: request.url,
    headers: mergeHeaders(headers, injection.headers),
    secretQuery: injection.query,
    secretPath: injection.path,
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
}

/** The list of tools of an MCP server: whoever may not see it may call none. */
async function askMcp(
  egress: Egress,
  place: McpPlace,
  { connector, settings, fields }: Entered,
  { name, scheme }: ReturnType<typeof chooseScheme>,
  tidy: Told,
): Promise<Verdict> {
  const injection = inject({ id: `verify/${connector.id}/${name}`, connector, scheme, settings, credential: null }, fields)
  const { headers, query: secretQuery, sign, clientCertificate } = injection
  const key = { headers, secretQuery, sign, clientCertificate, verifyTls: connector.verifyTls }
  try {
    await listOverHttp(egress, 'verify', place, { ...key, authorities: connector.authorities ?? undefined })
    return passed
  } catch (error) {
    if (!(error instanceof SallyportError) || error.code === 'URL_NOT_ALLOWED') throw error
    return { ok: false, message: tidy(error.detail) }
  }
}

/** One run of the built-in command: such as a statement over a connection of its own to the database. */
async function askBuiltin(
  services: VerifyServices,
  action: CommandAction,
  input: Probe['input'],
  { connector, settings, fields }: Entered,
  tidy: Told,
): Promise<Verdict> {
  const { success, error } = await executeBuiltin(services, {
    action,
    input: isObject(input) ? input : {},
    connection: { connector, settings, scheme: { type: 'none' }, passage: null },
    fields,
    // None of the types asks HTTP to know whether it works.
    http: () => Promise.reject(new EgressError('blocked', false, 'A probe of a built-in type has no HTTP.')),
    signal: AbortSignal.timeout(timeoutMs),
    timeLeft: () => timeoutMs,
    leaving: () => () => {},
    callId: '',
  })
  return success ? passed : { ok: false, message: `The other side refused: ${tidy(error ?? 'it does not say why')}` }
}

/** One call of the connector's probe. Throws INVALID_INPUT for fields that do not fit, URL_NOT_ALLOWED for an address the door refuses. */
export async function verifyAt(
  services: VerifyServices,
  connector: CompiledConnector,
  submitted: VerifyRequest,
): Promise<Verdict> {
  const { egress } = services
  const chosen = chooseScheme(connector, submitted.scheme)
  const { scheme } = chosen
  const mode = authModeOf(scheme)
  // These prove themselves later: by the provider's own page, or there is nothing to prove.
  if (mode === 'mcp_oauth' || mode === 'byo_oauth' || mode === 'none') return passed
  const form = formOf(connector, submitted)
  const submittedFields = form.auth.fields ?? {}
  const entered = parseFields(scheme, submittedFields)
  const settings = parseSettings(connector, form.environment, form.settings, scheme, settingsIn(scheme, submittedFields))
  const baseUrl = connector.baseUrl(form.environment, settings) // throws naming a missing server variable
  const probe = connector.verify()
  const action = probe?.action
  const request = action?.kind === 'http' ? requestOf(connector, action, probe?.input, form, settings) : null
  const runs = action?.kind === 'builtin' && action.effect === 'read'
  // What a connector's own code says of a credential is for its test, once it is installed.
  const isMcp = connector.kind === 'mcp' && baseUrl !== null
  if (request === null && !runs && !isMcp) return passed
  const alone = {
    egress,
    connector,
    settings,
    baseUrl,
    certificate: undefined,
    scopes: null,
    app: async () => null,
    knownAt: async () => null,
  }
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
  const facts = { connector, settings, fields }
  try {
    if (isMcp) return await askMcp(egress, mcpPlaceOf(connector, baseUrl), facts, chosen, tidy)
    if (action?.kind === 'http' && request !== null) return await askOverHttp(egress, action, request, facts, chosen, tidy)
    return action?.kind === 'builtin' ? await askBuiltin(services, action, probe?.input, facts, tidy) : passed
  } catch (error) {
    if (!(error instanceof EgressError)) throw error
    if (error.fault === 'blocked') throw egressProblem(error)
    return { ok: false, message: describeFault(error.fault) }
  }
}
