import { encode } from '../../definition/template/encode.ts'
import type { SignableRequest } from '../../egress/types.ts'
import { Secret } from '../../secret.ts'

/** What signatures read of a request. */

export function headerOf({ headers }: Pick<SignableRequest, 'headers'>, name: string): string | Secret | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
}

export function isForm(request: SignableRequest): boolean {
  const type = headerOf(request, 'content-type')
  return typeof type === 'string' && type.toLowerCase().startsWith('application/x-www-form-urlencoded')
}

/** A parameter by its decoded name, its value encoded anew (RFC 3986 section 2.3). */
export interface Parameter {
  readonly name: string
  readonly value: string | Secret
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The pairs of a query, or of a form, where "+" is a space too. */
export function parametersOf(text: string, form = false): Parameter[] {
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...rest] = (form ? pair.replaceAll('+', ' ') : pair).split('=')
      return { name: decoded(name), value: encode(decoded(rest.join('='))) }
    })
}

/** Those of the URL, without what a secret parameter of the same name replaces, and then the secret ones. */
export function queryParameters({ url, secretQuery }: SignableRequest): Parameter[] {
  const own = parametersOf(new URL(url).search.slice(1)).filter(({ name }) => !Object.hasOwn(secretQuery, name))
  return [...own, ...Object.entries(secretQuery).map(([name, value]) => ({ name, value: Secret.encoded(value) }))]
}

/** As both OAuth 1 (RFC 5849 section 3.4.1.3.2) and AWS write them: sorted by encoded name, then by value, and joined. */
export function sortedParameters(parameters: readonly Parameter[]): Secret {
  const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  const encoded = parameters.map(({ name, value }) => ({ name: encode(name), value }))
  // The names of secret parameters are their own, so only others are ever compared by value.
  encoded.sort((a, b) => byText(a.name, b.name) || byText(String(a.value), String(b.value)))
  return Secret.concat(...encoded.flatMap(({ name, value }, at) => [at === 0 ? '' : '&', name, '=', value]))
}

/** The query as it goes on the wire: what the URL has, then the secret parameters (see egress.ts), then those that a signature adds. */
export function wireQuery({ url, secretQuery }: SignableRequest, added: Readonly<Record<string, Secret>> = {}): string | Secret {
  const own = new URL(url).search.slice(1)
  const more = Object.entries({ ...secretQuery, ...added })
  if (more.length === 0) return own
  const pairs = more.flatMap(([name, value]) => ['&', `${encodeURIComponent(name)}=`, Secret.encoded(value)])
  return own === '' ? Secret.concat(...pairs.slice(1)) : Secret.concat(own, ...pairs)
}
