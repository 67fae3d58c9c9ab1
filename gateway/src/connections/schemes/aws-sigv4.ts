import { encode } from '../../definition/template/encode.ts'
import type { SignableRequest, Signature } from '../../egress/types.ts'
import { Secret } from '../../secret.ts'
import { hashOf, hmacOf } from '../../vault/mac.ts'
import { field, nothing, openField, secretField } from './fields.ts'
import { secretTemplate } from './secret-template.ts'
import { queryParameters, sortedParameters } from './signable.ts'
import type { CredentialFields, Scheme, SchemeOf } from './types.ts'

const algorithm = 'AWS4-HMAC-SHA256'

interface Scope {
  readonly service: string
  readonly region: string
}

/** Every x-amz-* header and those that say what the body is; what proxies may change stays unsigned. */
const isSigned = (name: string) => /^(?:host|content-type|content-md5|x-amz-.*)$/.test(name)

/** Every service but S3 wants the path, which is encoded already, encoded once more. */
const canonicalPath = (pathname: string, service: string) =>
  service === 's3' ? pathname : pathname.split('/').map(encode).join('/')

/** AWS General Reference, "Create a signed AWS API request". `time` in milliseconds since 1970. */
export function signAws(fields: CredentialFields, { service, region }: Scope, request: SignableRequest, time: number): Signature {
  const url = new URL(request.url)
  const date = new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '')
  const day = date.slice(0, 8)
  const payload = hashOf('sha256', [request.body ?? '']).toString('hex')
  const added = {
    'x-amz-date': date,
    'x-amz-content-sha256': payload,
    ...(fields.session_token !== undefined && { 'x-amz-security-token': fields.session_token }),
  }
  const lower = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]))
  const headers: Record<string, string | Secret> = { ...lower, ...added, host: url.host }
  const names = Object.keys(headers).filter(isSigned).sort()
  const tidy = (value: string | Secret | undefined) =>
    typeof value === 'string' ? value.trim().replace(/ +/g, ' ') : (value ?? '')
  const signed = names.join(';')
  const canonical = Secret.concat(
    `${request.method}\n${canonicalPath(url.pathname, service)}\n`,
    sortedParameters(queryParameters(request)),
    '\n',
    ...names.flatMap((name) => [`${name}:`, tidy(headers[name]), '\n']),
    `\n${signed}\n${payload}`,
  )
  const scope = `${day}/${region}/${service}/aws4_request`
  const toSign = `${algorithm}\n${date}\n${scope}\n${hashOf('sha256', [canonical]).toString('hex')}`
  const secret = Secret.concat('AWS4', field(fields, 'secret_access_key'))
  const key = ['aws4_request', service, region, day].reduceRight<Secret | Uint8Array>(
    (above, part) => hmacOf('sha256', above, [part]),
    secret,
  )
  const signature = hmacOf('sha256', key, [toSign]).toString('hex')
  const credential = Secret.concat(`${algorithm} Credential=`, field(fields, 'access_key_id'), `/${scope}, `)
  const authorization = Secret.concat(credential, `SignedHeaders=${signed}, Signature=${signature}`)
  return { headers: { ...added, Authorization: authorization }, query: {} }
}

export const awsSigV4: Scheme<SchemeOf<'aws_sigv4'>> = {
  fields: () => [
    openField('access_key_id', 'Access key ID', { example: 'AKIA…' }),
    secretField('secret_access_key', 'Secret access key'),
    secretField('session_token', 'Session token', { required: false, description: 'Of temporary credentials only.' }),
  ],
  label: ({ service }) => `AWS Signature V4 (${service})`,
  inject(scheme, fields, settings) {
    const region = String(secretTemplate(scheme.region, settings).text({}))
    const scope = { service: scheme.service, region }
    return { ...nothing, sign: (request) => signAws(fields, scope, request, Date.now()) }
  },
}
