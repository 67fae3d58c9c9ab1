import { type Static, Type } from 'typebox'

/** OAuth 2.0 as an auth scheme of the connector file. What providers do differently is data here, in OAuth's own words. */

const closed = { additionalProperties: false } as const
const text = (description: string) => Type.Optional(Type.String({ description }))
const url = (description: string) => Type.Optional(Type.String({ description: `${description} {name} stands for a setting.` }))
const parameters = (description: string) =>
  Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      description: `${description} {name} in a value stands for a setting, {client_id} for the client's id.`,
    }),
  )

const oauthFlows = ['authorization_code', 'client_credentials', 'device_authorization', 'password', 'jwt_bearer'] as const

const TokenResponse = Type.Object(
  {
    access_token: text('Default: access_token.'),
    refresh_token: text('Default: refresh_token.'),
    expires: text('Default: expires_in.'),
    expires_unit: Type.Optional(
      Type.Enum(['s', 'ms', 'absolute'], {
        default: 's',
        description: 'Seconds or milliseconds from now; absolute: a date, or seconds or milliseconds since 1970.',
      }),
    ),
    refresh_expires: text(
      'Seconds that the refresh token counts. Default: refresh_token_expires_in, refresh_expires_in or x_refresh_token_expires_in.',
    ),
    scope: text('Default: scope.'),
  },
  { ...closed, description: 'Paths in the answer of the token endpoint, such as authed_user.access_token.' },
)

const Assertion = Type.Object(
  {
    key: Type.Optional(
      Type.Enum(['pem', 'google'], {
        default: 'pem',
        description:
          'pem: a private key, asked for as private_key. google: the JSON file of a service account, asked for as key_file; issuer, key id and audience are taken from it.',
      }),
    ),
    algorithm: Type.Optional(Type.Enum(['RS256', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'], { default: 'RS256' })),
    issuer: text('Claim iss. Default: {client_id}.'),
    subject: text('Claim sub, such as {username}. Default: the issuer. Left out when a setting in it is absent.'),
    audience: text('Claim aud. Default: the token URL.'),
    lifetime: Type.Optional(Type.Integer({ minimum: 10, maximum: 3600, default: 300, description: 'Seconds.' })),
    claims: parameters('Further claims.'),
    scopes_in: Type.Optional(
      Type.Enum(['claim', 'parameter'], {
        default: 'parameter',
        description: 'Whether the scopes are a claim of the assertion or a parameter of the request.',
      }),
    ),
  },
  { ...closed, description: 'What a JWT bearer assertion says (RFC 7523).' },
)

export const OAuth2Scheme = Type.Object(
  {
    type: Type.Literal('oauth2'),
    flow: Type.Optional(
      Type.Enum(oauthFlows, {
        default: 'authorization_code',
        description:
          'How a token is obtained. jwt_bearer is for service accounts. An API that offers several has one scheme for each.',
      }),
    ),
    family: Type.Optional(
      Type.String({
        pattern: '^[a-z][a-z0-9_-]{0,62}$',
        description: 'Connectors of one family, such as google or microsoft, share OAuth apps and consents.',
      }),
    ),
    issuer: url('Issuer of OpenID Connect or RFC 8414: addresses that are not given here are read from its metadata.'),
    authorization_url: url('Where the person is sent to consent.'),
    token_url: url('Where tokens are obtained.'),
    refresh_url: url('Where they are refreshed, when not at token_url.'),
    revocation_url: url('Where they are revoked (RFC 7009) when the connection is removed.'),
    device_authorization_url: url('Where a device code is obtained (RFC 8628).'),
    pkce: Type.Optional(Type.Boolean({ default: true, description: 'Send a code challenge (S256).' })),
    scopes: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'What each scope permits.' })),
    default_scopes: Type.Optional(
      Type.Array(Type.String(), { description: 'Asked for unless a connection chooses others. Default: none.' }),
    ),
    incremental_scopes: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'The server adds new scopes to those granted before, so that only the new ones are asked for.',
      }),
    ),
    scope_separator: Type.Optional(Type.String({ default: ' ', minLength: 1, maxLength: 3 })),
    authorization_params: parameters('Further parameters of the authorization URL, such as access_type: offline.'),
    token_params: parameters('Further parameters of every token request; grant_type may be replaced.'),
    refresh_params: parameters('Further parameters of a refresh.'),
    token_headers: parameters('Further headers of token requests.'),
    body_format: Type.Optional(Type.Enum(['form', 'json'], { default: 'form', description: 'Of token requests.' })),
    client_authentication: Type.Optional(
      Type.Enum(
        [
          'client_secret_basic',
          'client_secret_post',
          'private_key_jwt',
          'tls_client_auth',
          'self_signed_tls_client_auth',
          'none',
        ],
        {
          description:
            'How the client proves itself to the token endpoint. Default: client_secret_post; for a client without a secret: none.',
        },
      ),
    ),
    assertion: Type.Optional(Assertion),
    token_response: Type.Optional(TokenResponse),
    default_expires_in: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Seconds that a token counts whose answer does not say how long.' }),
    ),
    refresh_margin: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 86_400,
        default: 60,
        description: 'Seconds before its end at which a token is refreshed; at most half of its life.',
      }),
    ),
    rotation: Type.Optional(
      Type.Boolean({
        description:
          'true: every refresh gives a new refresh token, and an answer without one is an error. false: the first is kept whatever an answer brings. Default: a new one is taken when there is one.',
      }),
    ),
    callback_values: parameters('Setting → parameter of the callback that is kept in it, e.g. {realm_id: realmId}.'),
    response_values: parameters('Setting → path in the token answer that is kept in it, e.g. {instance_url: instance_url}.'),
    in: Type.Optional(Type.Enum(['header', 'query'], { default: 'header', description: 'Where calls carry the access token.' })),
    name: text('Name of that header or query parameter. Default: Authorization, or access_token.'),
    prefix: text('Put before the token. Default: "Bearer " in Authorization, otherwise nothing.'),
    headers: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String(),
            value: text(
              'A fixed value, where {client_id} stands for the client. Without it the value is asked for and kept secret.',
            ),
            description: Type.Optional(Type.String()),
          },
          closed,
        ),
        { description: 'Further headers of every call, such as a developer token.' },
      ),
    ),
    expired_when: Type.Optional(
      Type.Object(
        { path: Type.String(), values: Type.Array(Type.String(), { minItems: 1 }) },
        {
          ...closed,
          description: 'An answer of the API that says that the token has expired although its status is not 401.',
        },
      ),
    ),
    description: Type.Optional(Type.String()),
  },
  { ...closed, description: 'OAuth 2.0: tokens are obtained and refreshed by the gateway.' },
)

/** Whether the client proves itself by a certificate (RFC 8705), which calls then carry too: tokens may be bound to it. */
export const provesByCertificate = ({ client_authentication: method }: OAuth2Scheme): boolean =>
  method === 'tls_client_auth' || method === 'self_signed_tls_client_auth'

export type OAuth2Scheme = Static<typeof OAuth2Scheme>
