import { isDotSegment } from '../template/encode.ts'
import type { OperationContext } from './context.ts'

/** A path as a document writes it, and what is not a path in it. */
export interface SplitPath {
  readonly path: string
  readonly query: readonly (readonly [string, string])[]
}

/** Nothing but segments, in which every brace has its partner. */
const usual = /^\/[^{}?#]*(?:\{[^{}?#]*\}[^{}?#]*)*$/
const none: SplitPath['query'] = []

/** `/a?b=c#d` → `/a` and its query; a fragment is never sent. Returns why the path cannot be called, if it cannot. */
export function splitPath({ operation, note }: OperationContext): SplitPath | string {
  if (usual.test(operation.path) && !operation.path.includes('/.') && !operation.path.includes('/%'))
    return { path: operation.path, query: none }
  const [whole = '', fragment] = operation.path.split('#', 2)
  if (fragment?.includes('/') === true) return 'its path has a "#" in the middle, and what follows a "#" is never sent'
  if (fragment !== undefined) {
    note('path_adjusted', operation.itemAt, `"#${fragment}" only tells operations apart in the document and is not sent.`)
  }
  const [path = '', search] = whole.split(/\?(.*)/s, 2)
  if (/[{}]/.test(path.replace(/\{[^{}]*\}/g, ''))) return 'its path has a brace without its partner'
  if (path.split('/').some(isDotSegment)) return 'its path has "." or ".." as a segment'
  const rooted = path.startsWith('/') ? path : `/${path}`
  if (search === undefined) return { path: rooted, query: [] }
  note('path_adjusted', operation.itemAt, 'The query in the path became query parameters with fixed values.')
  const pairs = search.split('&').filter((pair) => pair !== '')
  return { path: rooted, query: pairs.map((pair) => pairOf(pair)) }
}

function pairOf(pair: string): readonly [string, string] {
  const [name = '', value = ''] = pair.split(/=(.*)/s, 2)
  return [decoded(name), decoded(value)]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** What stands in the braces of a path, each once. */
export function holesOf(path: string): readonly string[] {
  const holes: string[] = []
  for (let start = path.indexOf('{'); start >= 0; start = path.indexOf('{', start + 1)) {
    const hole = path.slice(start + 1, path.indexOf('}', start))
    if (!holes.includes(hole)) holes.push(hole)
  }
  return holes
}

/** `path+`, `path*` and `id:[0-9]+` are the names `path` and `id` in the manner of some routers. */
export function plainName(hole: string): string {
  return /^[\w.-]+/.exec(hole)?.[0] ?? 'value'
}
