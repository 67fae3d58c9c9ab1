import type { AuthScheme } from '../document.ts'
import { headerNameProblem, isToken } from '../parse/headers.ts'
import { identifier, UniqueNames } from './names.ts'
import type { Reporter } from './report.ts'
import { entriesOf, isRecord, type Json, pointer, type Spec, textOf } from './spec.ts'

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
    const components = spec.root.components
    const at = '/components/securitySchemes'
    for (const [name, written] of entriesOf(isRecord(components) ? components.securitySchemes : undefined)) {
      const place = pointer(at, name)
      const target = spec.follow(written, place)
      const scheme = isRecord(target.value) ? schemeOf(target.value, place, report) : null
      if (scheme === null) {
        const why = target.lost === undefined ? 'is of a kind that cannot be used here' : `is lost: the reference ${target.lost}`
        report.add('skipped', '', place, `The security scheme "${name}" ${why}.`)
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
        'warning',
        name,
        place,
        'None of the ways this operation authenticates can be used here; it is called with whatever the connection has.',
      )
      return undefined
    }
    return [...accepted]
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
   * with one other; else the first is taken.
   */
  #combined(required: readonly string[], at: string, operation: string): string | null {
    const known: { readonly name: string; readonly scheme: AuthScheme }[] = []
    for (const written of required) {
      const name = this.#names.get(written)
      const scheme = name === undefined ? undefined : this.#schemes.get(name)
      if (name !== undefined && scheme !== undefined) known.push({ name, scheme })
      else
        this.#report.add(
          'adjusted',
          operation,
          at,
          `The security scheme "${written}" is not declared or cannot be used here, and is left out.`,
        )
    }
    const [first, second] = known
    if (first === undefined) return null
    if (second === undefined) return first.name
    const [other, another] = known.map(({ scheme }) => scheme).filter((scheme) => scheme.type !== 'mtls')
    if (other !== undefined && other.type !== 'none' && another === undefined) {
      return this.#add(known, { ...other, client_certificate: true })
    }
    const headers = known.map(({ scheme }) => (scheme.type === 'api_key' && (scheme.in ?? 'header') === 'header' ? scheme : null))
    if (headers.every((header) => header !== null)) {
      return this.#add(known, {
        type: 'headers',
        headers: headers.map(({ name, description }) => ({ name, ...(description === undefined ? {} : { description }) })),
      })
    }
    const others = known
      .slice(1)
      .map((one) => `"${one.name}"`)
      .join(', ')
    this.#report.add(
      'adjusted',
      operation,
      at,
      `These schemes are needed together; only "${first.name}" is sent, and ${others} is not.`,
    )
    return first.name
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
        default:
          return null
      }
    case 'mutualTLS':
      return { type: 'mtls', ...common }
    case 'oauth2':
    case 'openIdConnect':
      report.add(
        'adjusted',
        '',
        at,
        `${scheme.type === 'oauth2' ? 'OAuth 2.0' : 'OpenID Connect'} is taken as a bearer token: an access token is entered by hand.`,
      )
      return { type: 'bearer', ...common }
    default:
      return null
  }
}
