import { getIntrospectionQuery } from 'graphql'
import { isRecord } from '../spec.ts'
import type { Page } from './page.ts'

/** An address that may lead to a description, and how sure that is. */
export interface Candidate {
  readonly url: string
  /** What pointed at it. */
  readonly why: string
  /** `named`: something says that the description is there. `page`: it may be documentation. `guess`: a usual place. */
  readonly kind: 'named' | 'page' | 'guess'
  /** Asked for its schema by POST, as GraphQL servers take every query (GraphQL over HTTP, "POST"). */
  readonly ask?: 'graphql'
}

/** Where descriptions usually are, the most usual first. */
const usual = [
  ...['.well-known/api-catalog', 'openapi.json', 'openapi.yaml', 'swagger.json', 'llms.txt', 'v3/api-docs', 'api-docs'],
  ...['swagger/v1/swagger.json', 'api/openapi.json', 'api/swagger.json', 'docs/openapi.json', 'openapi.yml', 'swagger.yaml'],
  ...['v1/openapi.json', 'api/v1/openapi.json', 'v2/api-docs', 'api/schema/', '.well-known/openapi.json', 'docs', 'api/docs'],
]

export function usualPlaces(start: string): readonly Candidate[] {
  const { origin, pathname } = new URL(start)
  const folder = pathname.replace(/[^/]*$/, '')
  const below =
    folder === '/'
      ? []
      : ['openapi.json', 'openapi.yaml', 'swagger.json', 'v3/api-docs'].map((path) => `${origin}${folder}${path}`)
  const places = [...below, ...usual.map((path) => `${origin}/${path}`)]
  const guess = (url: string): Candidate => ({ url, why: 'a usual place', kind: 'guess' })
  const isGraphql = /graphql\/?$/i.test(pathname)
  const endpoint = `${origin}${isGraphql ? pathname : '/graphql'}`
  const graphql: readonly Candidate[] = [
    guess(`${endpoint}?query=${encodeURIComponent(introspection())}`),
    { ...guess(endpoint), ask: 'graphql' },
  ]
  return isGraphql ? [...graphql, ...places.map(guess)] : [...places.map(guess), ...graphql]
}

/** The query that GraphQL servers answer with their schema. */
export const introspection = (): string => getIntrospectionQuery({ inputValueDeprecation: false }).replace(/\s+/g, ' ').trim()

const documentName =
  /(openapi|swagger|api-docs|api[-_]?spec|asyncapi|postman|collection)[^/]*\.(json|ya?ml)([?#]|$)|\/(openapi|swagger)\.(json|ya?ml)|\/v[23]\/api-docs|\.(graphqls?|har)([?#]|$)/i
const viewerScript = /swagger-(initializer|ui-init|config)[\w.-]*\.js|swagger-config\.json/i
const documentation = /(^|[/.-])(api|docs?|reference|developers?|swagger|redoc|rest|endpoints?)([/.-]|$)/i

/** What a page leads to. */
export function candidatesOf(page: Page, base: string): readonly Candidate[] {
  const found: Candidate[] = []
  const add = (href: string, why: string, kind: Candidate['kind']) => {
    const url = absolute(href, base)
    if (url !== null) found.push({ url, why, kind })
  }
  for (const address of page.named) add(address, 'a viewer names it', 'named')
  for (const { src, text } of page.scripts) {
    if (viewerScript.test(src)) add(src, 'the settings of Swagger UI', 'named')
    for (const address of namedIn(text)) add(address, 'a script of the page names it', 'named')
  }
  for (const { href, rel, type } of page.links) {
    if (/\b(service-desc|api-catalog)\b/.test(rel) || /openapi|swagger/i.test(type))
      add(href, 'the page links to it as its description', 'named')
    else if (documentName.test(href)) add(href, 'a link that is named like a description', 'named')
    else if (documentation.test(href)) add(href, 'a link to documentation', 'page')
  }
  return found
}

/** Addresses that the settings of a viewer hold: `url: "…"`, `urls: [{url: …}]`, `specUrl`, `Redoc.init("…")`. */
export function namedIn(script: string): readonly string[] {
  const text = script.slice(0, 1_000_000)
  if (!/swagger|redoc|scalar|openapi|stoplight|rapidoc|api-reference/i.test(text)) return []
  const found = [
    ...text.matchAll(
      /["']?\b(?:url|specUrl|spec_url|configUrl|apiDescriptionUrl|definitionUrl)["']?\s*[:=]\s*["'`]([^"'`\s<>]{1,500})["'`]/g,
    ),
    ...text.matchAll(/Redoc\.init\(\s*["'`]([^"'`\s<>]{1,500})["'`]/g),
  ].map(([, address]) => address ?? '')
  // The example that Swagger UI is delivered with.
  return [...new Set(found)].filter((address) => !/petstore\.swagger\.io/.test(address)).slice(0, 20)
}

/** Addresses in an API catalog (RFC 9727): the links of a linkset (RFC 9264). */
export function catalogLinks(text: string, base: string): readonly Candidate[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return []
  }
  const sets = isRecord(value) && Array.isArray(value.linkset) ? value.linkset.filter(isRecord).slice(0, 200) : []
  return sets.flatMap((set) =>
    (['service-desc', 'item', 'service-doc', 'api-catalog'] as const).flatMap((relation) => {
      const targets = set[relation]
      return (Array.isArray(targets) ? targets.filter(isRecord).slice(0, 50) : []).flatMap(({ href }): Candidate[] => {
        const url = typeof href === 'string' ? absolute(href, base) : null
        return url === null
          ? []
          : [{ url, why: `the API catalog names it as ${relation}`, kind: relation === 'service-doc' ? 'page' : 'named' }]
      })
    }),
  )
}

/** Addresses in llms.txt and other plain text. */
export function linksInText(text: string, base: string): readonly Candidate[] {
  const found = [...text.slice(0, 1_000_000).matchAll(/\]\(([^()\s]{1,500})\)|(https?:\/\/[^\s<>"')\]]{1,500})/g)].slice(0, 500)
  return found.flatMap(([, inBrackets, bare]): Candidate[] => {
    const url = absolute(inBrackets ?? bare ?? '', base)
    if (url === null) return []
    if (documentName.test(url)) return [{ url, why: 'llms.txt names it', kind: 'named' }]
    return documentation.test(url) ? [{ url, why: 'llms.txt links to it', kind: 'page' }] : []
  })
}

/** Of a Link header (RFC 8288), what it calls a description. */
export function linksInHeader(header: string, base: string): readonly Candidate[] {
  return [...header.slice(0, 10_000).matchAll(/<([^<>]{1,500})>\s*;[^,]*\brel="?(?:service-desc|api-catalog)\b/g)].flatMap(
    ([, href]): Candidate[] => {
      const url = absolute(href ?? '', base)
      return url === null ? [] : [{ url, why: 'the Link header names it', kind: 'named' }]
    },
  )
}

function absolute(href: string, base: string): string | null {
  if (!URL.canParse(href, base)) return null
  const url = new URL(href, base)
  url.hash = ''
  return /^https?:$/.test(url.protocol) && url.username === '' && url.href.length <= 2048 ? url.href : null
}
