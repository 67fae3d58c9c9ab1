import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { OAuth } from '../../access/oauth/oauth.ts'
import { type OAuthErrorCode, OAuthProblem } from '../../access/oauth/problem.ts'
import { scope } from '../../access/oauth/request.ts'
import { showToken } from '../../access/show-token.ts'
import { clientDocumentPath } from '../../connections/oauth/registration.ts'
import { toSallyportError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { Secret } from '../../secret.ts'
import { logFault } from '../problems.ts'
import type { HttpApp, HttpServices } from '../services.ts'

/** What programs speak with the authorization server: the paths and shapes are those of the RFCs, so not the API's. */

const maxBodyBytes = 64 * 1024

const Text = Type.String({ minLength: 1, maxLength: 4000 })
const Client = { client_id: Type.Optional(Text), client_secret: Type.Optional(Text) }
const CodeForm = Compile(
  Type.Object({
    ...Client,
    grant_type: Type.Literal('authorization_code'),
    code: Text,
    redirect_uri: Text,
    code_verifier: Type.String({ pattern: '^[A-Za-z0-9._~-]{43,128}$' }),
    resource: Type.Optional(Text),
  }),
)
const RefreshForm = Compile(
  Type.Object({
    ...Client,
    grant_type: Type.Literal('refresh_token'),
    refresh_token: Text,
    resource: Type.Optional(Text),
  }),
)
const RevokeForm = Compile(Type.Object({ ...Client, token: Text }))
const Registration = Compile(
  Type.Object({
    client_name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    redirect_uris: Type.Array(Type.String({ minLength: 1, maxLength: 2000 }), { minItems: 1, maxItems: 50 }),
    token_endpoint_auth_method: Type.Optional(Type.String({ maxLength: 100 })),
  }),
)

interface Validator<T> {
  Check(value: unknown): value is T
  Errors(value: unknown): readonly { readonly instancePath: string; readonly message: string }[]
}

function parse<T>(validator: Validator<T>, given: unknown, code: OAuthErrorCode): T {
  if (validator.Check(given)) return given
  const [first] = validator.Errors(given)
  throw new OAuthProblem(code, `${first?.instancePath || 'the request'} ${first?.message ?? 'is invalid'}`.replaceAll('"', "'"))
}

/** Of a form; a parameter may be there once (RFC 6749, section 3.2). */
function readForm(body: string): Record<string, string> {
  const form: Record<string, string> = Object.create(null)
  for (const [name, value] of new URLSearchParams(body)) {
    if (name in form)
      throw new OAuthProblem(
        name === 'resource' ? 'invalid_target' : 'invalid_request',
        `There is more than one ${name.slice(0, 50)}.`,
      )
    form[name] = value
  }
  return form
}

/** By HTTP Basic, whose parts are form-encoded (RFC 6749, section 2.3.1), or in the form; not by both. */
function clientOf(request: FastifyRequest, form: { client_id?: string; client_secret?: string }) {
  const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (basic === undefined) {
    if (form.client_id === undefined) throw new OAuthProblem('invalid_client', 'There is no client_id.')
    return { clientId: form.client_id, secret: form.client_secret === undefined ? null : new Secret(form.client_secret) }
  }
  const pair = Buffer.from(basic, 'base64').toString('utf8')
  const at = pair.indexOf(':')
  const decode = (text: string) => new URLSearchParams(`v=${text}`).get('v') ?? ''
  const clientId = decode(pair.slice(0, at))
  if (at < 1 || form.client_secret !== undefined || (form.client_id ?? clientId) !== clientId)
    throw new OAuthProblem('invalid_client', 'The application names itself in two ways, or in none that can be read.')
  return { clientId, secret: new Secret(decode(pair.slice(at + 1))) }
}

const statuses: Partial<Readonly<Record<OAuthErrorCode, number>>> = {
  invalid_client: 401,
  access_denied: 403,
  temporarily_unavailable: 429,
}

/** RFC 6749, section 5.2, and RFC 7591, section 3.2.2. */
function errorHandler(log: Log) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (thrown instanceof OAuthProblem) {
      if (thrown.code === 'invalid_client') reply.header('www-authenticate', 'Basic realm="sallyport"')
      return reply.code(statuses[thrown.code] ?? 400).send({ error: thrown.code, error_description: thrown.message })
    }
    const status = thrown instanceof Error && 'statusCode' in thrown ? thrown.statusCode : undefined
    if (typeof status === 'number' && status >= 400 && status < 500)
      return reply.code(status).send({ error: 'invalid_request', error_description: 'The body cannot be read.' })
    const error = toSallyportError(thrown)
    logFault(log, request, error)
    if (error.retryAfterSeconds !== undefined) reply.header('retry-after', Math.ceil(error.retryAfterSeconds))
    const code = error.status === 429 ? 'temporarily_unavailable' : error.status < 500 ? 'invalid_request' : 'server_error'
    return reply.code(error.status).send({ error: code, error_description: error.detail })
  }
}

/** What the authorization server can do (RFC 8414). */
function serverMetadata(oauth: OAuth) {
  const issuer = oauth.issuer()
  const authentication = ['none', 'client_secret_basic', 'client_secret_post']
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    ...(oauth.registration && { registration_endpoint: `${issuer}/oauth/register` }),
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: authentication,
    revocation_endpoint_auth_methods_supported: authentication,
    code_challenge_methods_supported: ['S256'],
    scopes_supported: [scope],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
  }
}

/** Who gives tokens for a resource (RFC 9728). The same for a toolset that is not there: nobody is known yet. */
function resourceMetadata(oauth: OAuth, path: string) {
  return {
    resource: `${oauth.issuer()}${path}`,
    authorization_servers: [oauth.issuer()],
    bearer_methods_supported: ['header'],
    scopes_supported: [scope],
    resource_name: 'Sallyport',
  }
}

export function oauthRoutes(app: HttpApp, { access: { oauth }, oauthApps }: HttpServices, log: Log): void {
  const hide = { schema: { hide: true }, bodyLimit: maxBodyBytes }
  app.setErrorHandler(errorHandler(log))
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_request: FastifyRequest, body: string) => readForm(body),
  )
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })

  app.get('/.well-known/oauth-authorization-server', hide, async () => serverMetadata(oauth))
  for (const path of ['/mcp', '/mcp/:toolset'])
    app.get<{ Params: { toolset?: string } }>(
      `/.well-known/oauth-protected-resource${path}`,
      hide,
      async ({ params: { toolset } }) =>
        resourceMetadata(oauth, toolset === undefined ? '/mcp' : `/mcp/${encodeURIComponent(toolset)}`),
    )

  app.get(clientDocumentPath, hide, async () => oauthApps.clientDocument())

  app.post('/oauth/register', hide, async (request, reply) => {
    const body = parse(Registration, request.body, 'invalid_client_metadata')
    const authMethod = body.token_endpoint_auth_method ?? 'none'
    const registration = { name: body.client_name, redirectUris: body.redirect_uris, authMethod }
    const { id, name, issuedAt, secret } = await oauth.register(registration, request.ip)
    return reply.code(201).send({
      client_id: id,
      client_id_issued_at: Math.floor(issuedAt / 1000),
      ...(secret !== null && { client_secret: showToken(secret), client_secret_expires_at: 0 }),
      client_name: name,
      redirect_uris: body.redirect_uris,
      token_endpoint_auth_method: authMethod,
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope,
    })
  })

  app.post('/oauth/token', hide, async (request) => {
    const form = request.body
    const type = typeof form === 'object' && form !== null && 'grant_type' in form ? form.grant_type : undefined
    const {
      access: token,
      refresh,
      expiresIn,
    } = await oauth.issue(
      type === 'refresh_token' ? refreshOf(request) : type === 'authorization_code' ? codeOf(request) : refuseType(),
    )
    return {
      access_token: showToken(token),
      token_type: 'Bearer',
      expires_in: expiresIn,
      refresh_token: showToken(refresh),
      scope,
    }
  })

  app.post('/oauth/revoke', hide, async (request, reply) => {
    const form = parse(RevokeForm, request.body, 'invalid_request')
    await oauth.revoke({ ...clientOf(request, form), token: new Secret(form.token), ip: request.ip })
    return reply.code(200).send()
  })
}

function refuseType(): never {
  throw new OAuthProblem('unsupported_grant_type', 'grant_type must be authorization_code or refresh_token, in a form.')
}

function codeOf(request: FastifyRequest) {
  const form = parse(CodeForm, request.body, 'invalid_request')
  const verifier = new Secret(form.code_verifier)
  const grant = { type: 'code', code: new Secret(form.code), redirectUri: form.redirect_uri, verifier } as const
  return { ...clientOf(request, form), ip: request.ip, resource: form.resource, grant }
}

function refreshOf(request: FastifyRequest) {
  const form = parse(RefreshForm, request.body, 'invalid_request')
  const grant = { type: 'refresh', token: new Secret(form.refresh_token) } as const
  return { ...clientOf(request, form), ip: request.ip, resource: form.resource, grant }
}
