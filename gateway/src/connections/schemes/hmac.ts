import type { Settings } from '../../definition/types.ts'
import type { SignableRequest, Signature } from '../../egress/types.ts'
import { unreachable } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import { hashOf, hmacOf } from '../../vault/mac.ts'
import { field, nothing, secretField } from './fields.ts'
import { type SecretTemplate, secretTemplate, type Values } from './secret-template.ts'
import { wireQuery } from './signable.ts'
import type { CredentialFields, Scheme, SchemeOf } from './types.ts'

type Hmac = SchemeOf<'hmac'>

function timestampOf({ timestamp = 'unix' }: Hmac, now: number): string {
  switch (timestamp) {
    case 'unix':
      return String(Math.floor(now / 1000))
    case 'unix_ms':
      return String(now)
    case 'iso':
      return new Date(now).toISOString()
    case 'http_date':
      return new Date(now).toUTCString()
    default:
      return unreachable(timestamp)
  }
}

const wrapped = (value: string | Secret) => (Secret.is(value) ? value : new Secret(value))

/** Cuts the templates once; the function it answers signs a request. */
function signer(scheme: Hmac, fields: CredentialFields, settings: Settings): (request: SignableRequest) => Signature {
  const cut = (template: string) => secretTemplate(template, settings)
  const all = (templates: Readonly<Record<string, string>> = {}) =>
    Object.entries(templates).map(([name, template]) => [name, cut(template)] as const)
  const message = cut(scheme.message)
  const hashed = cut(scheme.body_hash?.of ?? '{{body}}')
  const headers = all(scheme.headers)
  const query = all(scheme.query)
  const isLate = ([, template]: readonly [string, SecretTemplate]) => template.uses('signature')
  const secret = field(fields, 'secret')
  const { algorithm = 'sha256', encoding = 'hex', secret_encoding, body_hash = {} } = scheme

  return (request) => {
    const url = new URL(request.url)
    const known: Values = {
      ...fields,
      method: request.method,
      host: url.host,
      path: url.pathname,
      body: request.body ?? '',
      timestamp: timestampOf(scheme, Date.now()),
      nonce: crypto.randomUUID().replaceAll('-', ''),
    }
    const hash = hashOf(body_hash.algorithm ?? 'sha256', hashed.pieces(known))
    const hashEncoding = body_hash.encoding ?? 'hex'
    const facts: Values = { ...known, body_hash: hashEncoding === 'raw' ? hash : hash.toString(hashEncoding) }
    const rendered = (templates: typeof query, values: Values) =>
      templates.map(([name, each]) => [name, each.text(values)] as const)
    const early = Object.fromEntries(
      rendered(
        query.filter((each) => !isLate(each)),
        facts,
      ).map(([name, value]) => [name, wrapped(value)]),
    )
    const sentQuery = wireQuery(request, early)
    const rest = sentQuery === '' ? '' : '?'
    const values: Values = {
      ...facts,
      query: sentQuery,
      path_query: Secret.is(sentQuery) ? Secret.concat(url.pathname, rest, sentQuery) : url.pathname + rest + sentQuery,
      url: Secret.is(sentQuery)
        ? Secret.concat(url.origin + url.pathname, rest, sentQuery)
        : url.origin + url.pathname + rest + sentQuery,
    }
    const signature = hmacOf(algorithm, secret, message.pieces(values), secret_encoding).toString(encoding)
    const complete = { ...values, signature }
    const late = rendered(query.filter(isLate), complete).map(([name, value]) => [name, wrapped(value)])
    return {
      headers: Object.fromEntries(rendered(headers, complete)),
      query: { ...early, ...Object.fromEntries(late) },
    }
  }
}

export const hmac: Scheme<Hmac> = {
  fields: ({ fields = { key: { title: 'API key' } } }) => [
    ...Object.entries(fields).map(([name, { title = name, secret = true, description }]) =>
      secretField(name, title, { secret, ...(description !== undefined && { description }) }),
    ),
    secretField('secret', 'Secret of the signature'),
  ],
  label: ({ algorithm = 'sha256' }) => `Signed requests (HMAC-${algorithm.toUpperCase()})`,
  inject: (scheme, fields, settings) => ({ ...nothing, sign: signer(scheme, fields, settings) }),
}
