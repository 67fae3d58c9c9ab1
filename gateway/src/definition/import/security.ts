import { type AuthScheme, isSingle, type OneAuthScheme } from '../document.ts'
import type { OAuth2Scheme } from '../oauth2.ts'
import { credentialPlaces, headerNameProblem, isToken } from '../parse/headers.ts'
import { identifier, UniqueNames } from './names.ts'
import { type Flows, oauthScheme } from './oauth.ts'
import type { Reporter } from './report.ts'
import { isRecord, type Json, own, pointer, type Spec, textOf } from './spec.ts'
import { securitySchemesOf } from './swagger.ts'

/** How the document authenticates, as auth schemes of the connector. */
export class Security {
  readonly #report: Reporter
  /** Name in the document → name in the connector. */
  readonly #names = new Map<string, string>()
  readonly #schemes = new Map<string, AuthScheme>()
  readonly #unique = new UniqueNames()
  readonly #root: unknown

  constructor(spec: Spec, report: Reporter) {
    this.#report = report
    this.#root = spec.root.security
    for (const [name, written, place] of securitySchemesOf(spec)) {
      const target = spec.follow(written, place)
      const scheme = isRecord(target.value) ? schemeOf(target.value, place, report) : null
      if (scheme === null) {
        const why = target.lost === undefined ? 'is of a kind that cannot be used here' : `is lost: the reference ${target.lost}`
        report.add('security_left_out', '', place, `The security scheme "${name}" ${why}.`)
        continue
      }
      this.#names.set(name, this.#unique.take(identifier(name)))
      this.#schemes.set(this.#names.get(name) ?? name, scheme)
    }
  }

  /** The connector's `auth`; undefined when the API is public as far as the document says. */
  schemes(): Record<string, AuthScheme> | undefined {
    return this.#schemes.size === 0 ? undefined : Object.fromEntries(this.#schemes)
  }

  /** Names of the schemes an operation accepts: `[]` for none needed, undefined to leave it to the connection. */
  accepted(operation: Json, at: string, name: string): string[] | undefined {
    const written = operation.security ?? this.#root
    if (!Array.isArray(written)) return undefined
    const place = operation.security === undefined ? '/security' : pointer(at, 'security')
    if (this.isPublic(operation)) return []
    const alternatives = written.filter(isRecord)
    if (alternatives.some((alternative) => Object.keys(alternative).length === 0)) return undefined
    const accepted = new Set<string>()
    for (const [index, alternative] of alternatives.entries()) {
      const scheme = this.#combined(Object.keys(alternative), pointer(place, index), name)
      if (scheme !== null) accepted.add(scheme)
    }
    if (accepted.size === 0) {
      this.#report.add(
        'security_unmet',
        name,
        place,
        'None of the ways this operation authenticates can be used here; it is called with whatever the connection has.',
      )
      return undefined
    }
    return [...accepted]
  }

  /** OAuth scopes that any of the alternatives asks for. */
  scopes(operation: Json): readonly string[] {
    const written = operation.security ?? this.#root
    if (!Array.isArray(written)) return []
    const lists = written.filter(isRecord).flatMap((alternative) => Object.values(alternative))
    return [...new Set(lists.flat().filter((scope) => typeof scope === 'string'))]
  }

  /** Whether the operation says itself that it needs no credential. */
  isPublic(operation: Json): boolean {
    const written = operation.security ?? this.#root
    return (
      Array.isArray(written) && written.every((alternative) => isRecord(alternative) && Object.keys(alternative).length === 0)
    )
  }

  /** Whether a parameter only carries the credential of a scheme, which the connection supplies. */
  carries(location: string, name: string): boolean {
    const same = (other: string): boolean => (location === 'header' ? other.toLowerCase() === name.toLowerCase() : other === name)
    for (const scheme of this.#schemes.values()) {
      if (scheme.type === 'api_key' && (scheme.in ?? 'header') === location && same(scheme.name)) return true
    }
    return false
  }

  /**
   * One scheme for schemes that are needed together: several header keys make one of several headers, a client certificate goes
   * with one other, and others are sent side by side unless two of them go into the same place.
   */
  #combined(required: readonly string[], at: string, operation: string): string | null {
    const found: { readonly name: string; readonly scheme: OneAuthScheme | OAuth2Scheme }[] = []
    for (const written of required) {
      const name = this.#names.get(written)
      const scheme = name === undefined ? undefined : this.#schemes.get(name)
      if (name !== undefined && scheme !== undefined && (isSingle(scheme) || scheme.type === 'oauth2'))
        found.push({ name, scheme })
      else
        this.#report.add(
          'security_adjusted',
          operation,
          at,
          `The security scheme "${written}" is not declared or cannot be used here, and is left out.`,
        )
    }
    const [first, second] = found
    if (first === undefined) return null
    if (second === undefined) return first.name
    const withKeys = oauthWithKeys(found.map(({ scheme }) => scheme))
    if (withKeys !== null) return this.#add(found, withKeys)
    const known = found.map(({ name, scheme }): { name: string; scheme: OneAuthScheme } => {
      if (scheme.type !== 'oauth2') return { name, scheme }
      const message = `"${name}" is needed together with others, so its access token is entered by hand.`
      this.#report.add('security_adjusted', operation, at, message)
      return { name, scheme: { type: 'bearer' } }
    })
    const [other, another] = known.map(({ scheme }) => scheme).filter((scheme) => scheme.type !== 'mtls')
    if (other !== undefined && other.type !== 'none' && other.type !== 'secrets' && another === undefined) {
      return this.#add(known, { ...other, client_certificate: true })
    }
    const headers = known.map(({ scheme }) => (scheme.type === 'api_key' && (scheme.in ?? 'header') === 'header' ? scheme : null))
    if (headers.every((header) => header !== null)) {
      return this.#add(known, {
        type: 'headers',
        headers: headers.map(({ name, description }) => ({ name, ...(description === undefined ? {} : { description }) })),
      })
    }
    const sent = new Map<string, OneAuthScheme>()
    const places = new Set<string>()
    const left: string[] = []
    for (const { name, scheme } of known) {
      if (credentialPlaces(scheme).some((place) => places.has(place))) left.push(`"${name}"`)
      else {
        for (const place of credentialPlaces(scheme)) places.add(place)
        sent.set(partName(name), scheme)
      }
    }
    if (left.length > 0)
      this.#report.add(
        'security_adjusted',
        operation,
        at,
        `These schemes are needed together, but ${left.join(', ')} would go into the same place as another one and is not sent.`,
      )
    return sent.size === 1 ? first.name : this.#add(known, { type: 'all', schemes: Object.fromEntries(sent) })
  }

  /** A scheme that stands for several. */
  #add(combined: readonly { readonly name: string }[], scheme: AuthScheme): string {
    const name = identifier(combined.map((one) => one.name).join('_and_'))
    if (!this.#schemes.has(name)) {
      this.#unique.take(name)
      this.#schemes.set(name, scheme)
    }
    return name
  }
}

/** OAuth with keys in other headers, which are asked for beside it; null when it is anything else that is needed together. */
function oauthWithKeys(schemes: readonly (OneAuthScheme | OAuth2Scheme)[]): OAuth2Scheme | null {
  const [oauth, another] = schemes.filter((scheme) => scheme.type === 'oauth2')
  const keys = schemes.filter((scheme) => scheme.type === 'api_key').filter((key) => (key.in ?? 'header') === 'header')
  if (oauth === undefined || another !== undefined || keys.length !== schemes.length - 1) return null
  const headers = keys.map(({ name }) => ({ name }))
  return headers.some(({ name }) => name.toLowerCase() === 'authorization') ? null : { ...oauth, headers }
}

/** What names a field of a connection starts with a letter. */
const partName = (name: string): string => name.replace(/^[^a-zA-Z]+/, '').slice(0, 63) || 'scheme'

function schemeOf(scheme: Json, at: string, report: Reporter): AuthScheme | null {
  const description = textOf(scheme.description)
  const common = description === undefined ? {} : { description }
  switch (scheme.type) {
    case 'apiKey': {
      const name = textOf(scheme.name)
      const place = scheme.in
      if (name === undefined || (place !== 'header' && place !== 'query' && place !== 'cookie')) return null
      if (place === 'header' && (headerNameProblem(name) !== null || name.toLowerCase() === 'cookie')) return null
      if (place === 'cookie' && !isToken(name)) return null
      return { type: 'api_key', in: place, name, ...common }
    }
    case 'http':
      switch (String(scheme.scheme).toLowerCase()) {
        case 'bearer':
          return { type: 'bearer', ...common }
        case 'basic':
          return { type: 'basic', ...common }
        case 'digest':
          return { type: 'digest', ...common }
        default:
          return null
      }
    case 'mutualTLS':
      return { type: 'mtls', ...common }
    case 'oauth2':
    case 'openIdConnect': {
      const taken = oauthScheme(flowsOf(scheme.flows), textOf(scheme.openIdConnectUrl))
      if (taken.message !== null) report.add('security_adjusted', '', at, taken.message)
      return { ...taken.scheme, ...common }
    }
    default:
      return null
  }
}

const flowNames = {
  authorizationCode: 'authorization_code',
  clientCredentials: 'client_credentials',
  deviceAuthorization: 'device_authorization',
  implicit: 'implicit',
  password: 'password',
} as const satisfies Readonly<Record<string, keyof Flows>>

function flowsOf(written: unknown): Flows {
  const flows: Flows = {}
  for (const [key, name] of Object.entries(flowNames)) {
    const flow = isRecord(written) ? own(written, key) : undefined
    if (!isRecord(flow)) continue
    const addresses = [
      ['authorization_url', textOf(flow.authorizationUrl)],
      ['token_url', textOf(flow.tokenUrl)],
      ['refresh_url', textOf(flow.refreshUrl)],
      ['device_authorization_url', textOf(flow.deviceAuthorizationUrl)],
    ].filter(([, address]) => address !== undefined)
    const scopes = Object.entries(isRecord(flow.scopes) ? flow.scopes : {}).filter(([scope]) => !scope.startsWith('x-'))
    flows[name] = {
      ...Object.fromEntries(addresses),
      ...(scopes.length === 0 ? {} : { scopes: Object.fromEntries(scopes.map(([scope, text]) => [scope, String(text ?? '')])) }),
    }
  }
  return flows
}
