import { redacted } from '../../secret.ts'
import { effectOf } from '../compile-action.ts'
import { type ActionDocument, type ConnectorDocument, type HttpActionDocument, isHttpAction, type Template } from '../document.ts'
import { declaredProperties, placeholdersOf, schemasOf } from '../input-schema.ts'
import { parsePathExpression } from '../response-map.ts'
import { isDotSegment } from '../template/encode.ts'
import {
  credentialsInPath,
  noFallback,
  parseParts,
  parsePathParts,
  type Reference,
  referencesOf,
} from '../template/placeholders.ts'
import { settingNames } from './check-connection.ts'
import { credentialHeaders, credentialNames, headerNameProblem, isToken } from './headers.ts'
import { type Issues, orKnown, type Path, suggestion } from './issues.ts'

/** Facts about the connector that every action is checked against. */
export interface ConnectorFacts {
  readonly document: ConnectorDocument
  readonly settings: readonly string[]
  readonly authHeaders: ReadonlySet<string>
  readonly authQuery: ReadonlySet<string>
  readonly authCookies: ReadonlySet<string>
}

export function connectorFacts(document: ConnectorDocument): ConnectorFacts {
  const schemes = Object.values(document.auth ?? {})
  return {
    document,
    settings: settingNames(document),
    authHeaders: credentialHeaders(schemes),
    authQuery: credentialNames(schemes, 'query'),
    authCookies: credentialNames(schemes, 'cookie'),
  }
}

function checkPath(action: HttpActionDocument, at: Path, issues: Issues): void {
  const path = [...at, 'path']
  const parts = parsePathParts(action.path, noFallback)
  const literals = parts.filter((part) => typeof part === 'string')
  if (literals.some((text) => text.includes('?'))) issues.add(path, 'must not have a "?"; put the parameters under query')
  else if (literals.some((text) => text.includes('#'))) issues.add(path, 'must not have a "#": a fragment is never sent')
  else if (literals.some((text) => /[{}]/.test(text))) issues.add(path, 'has a brace without its partner')
  else if (action.path.includes(redacted)) issues.add(path, `must not have "${redacted}", which stands for credentials`)
  else if (!action.path.isWellFormed()) issues.add(path, 'is not valid Unicode')
  else if (action.path.split('/').some(isDotSegment)) issues.add(path, 'must not have "." or ".." as a segment')
  const names = new Set(referencesOf(parts).map(({ name }) => name))
  for (const name of Object.keys(action.path_styles ?? {})) {
    if (!names.has(name)) issues.add([...at, 'path_styles', name], `is not in the path${suggestion(name, names)}`)
  }
}

/** A write that was done twice is worse than one that failed. */
function checkFallbacks(action: ActionDocument, at: Path, issues: Issues): void {
  const { fallbacks = [] } = action
  if (fallbacks.length > 0 && effectOf(action) !== 'read' && !action.idempotent)
    issues.add([...at, 'fallbacks'], 'are for reads; a write that may be done twice says "idempotent": true')
  for (const [index, fallback] of fallbacks.entries()) {
    const output = 'action' in fallback ? fallback.output : undefined
    for (const path of [output?.root, ...Object.values(output?.map ?? {})])
      if (path !== undefined && parsePathExpression(path) === null)
        issues.add([...at, 'fallbacks', index, 'output'], 'must have paths such as data.items[0].name')
  }
}

/** A path that has a credential in it is only for schemes that bring it, and such a scheme only for paths that have its place. */
function checkCredentialInPath(action: HttpActionDocument, at: Path, { document }: ConnectorFacts, issues: Issues): void {
  const placed = new Set(credentialsInPath(action.path))
  const schemes = Object.entries(document.auth ?? {}).filter(([name]) => action.auth?.includes(name) ?? true)
  if (placed.size > 1) issues.add([...at, 'path'], 'must not have several credentials in it')
  const [name] = placed
  if (name !== undefined && schemes.length === 0)
    issues.add([...at, 'path'], `has the credential {{auth.${name}}}, but the action takes no auth scheme that brings it`)
  for (const [scheme, declared] of schemes) {
    const brought = [...credentialNames([declared], 'path')][0]
    if (brought === name) continue
    issues.add(
      [...at, 'path'],
      brought === undefined
        ? `has the credential {{auth.${name}}}, which the auth scheme ${scheme} does not bring; use an api_key with in: path`
        : `must have the credential of the auth scheme ${scheme} as {{auth.${brought}}}, or name other schemes under auth`,
    )
  }
}

/** Every text in a template value, with its place. */
function* textsIn(value: unknown, path: Path): Generator<[string, Path]> {
  if (typeof value === 'string') yield [value, path]
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* textsIn(item, [...path, index])
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) yield* textsIn(item, [...path, key])
}

function checkPlaceholders(action: ActionDocument, at: Path, { document, settings }: ConnectorFacts, issues: Issues): void {
  const declared = action.input === undefined ? null : declaredProperties(action.input, schemasOf(document))
  const check = (references: readonly Reference[], path: Path) => {
    for (const { name, setting } of references) {
      if (name === '') issues.add(path, 'has a placeholder without a name')
      else if (setting && !settings.includes(name)) {
        issues.add(path, `uses {{settings.${name}}}, but there is no such field${orKnown(name, settings)}`)
      } else if (!setting && declared !== null && !declared.has(name)) {
        issues.add(path, `uses {{${name}}}, but the input schema has no such property${orKnown(name, [...declared])}`)
      }
    }
  }
  check(placeholdersOf(action).path, [...at, 'path'])
  for (const key of ['query', 'headers', 'cookies'] as const) {
    for (const [text, path] of textsIn(action[key], [...at, key])) check(referencesOf(parseParts(text, noFallback)), path)
  }
  for (const [text, path] of textsIn(action.body?.value, [...at, 'body', 'value']))
    check(referencesOf(parseParts(text, noFallback)), path)
}

const queryStyles = ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject']

function checkPlacement(template: Template | undefined, styles: readonly string[], path: Path, issues: Issues): void {
  if (typeof template !== 'object') return
  if (template.style !== undefined && !styles.includes(template.style))
    issues.add([...path, 'style'], `must be one of ${styles.join(', ')} here`)
  if (template.content_type !== undefined && !/^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(template.content_type)) {
    issues.add([...path, 'content_type'], 'must be application/json: no other serialisation of a parameter is known')
  }
}

function checkParameters(action: ActionDocument, at: Path, facts: ConnectorFacts, issues: Issues): void {
  for (const [name, template] of Object.entries(action.query ?? {})) {
    const path = [...at, 'query', name]
    if (name === '') issues.add(path, 'is a query parameter without a name')
    if (facts.authQuery.has(name)) issues.add(path, 'carries the credential of an auth scheme and must not be set by the action')
    checkPlacement(template, queryStyles, path, issues)
  }
  const seen = new Set<string>()
  for (const [name, template] of Object.entries(action.headers ?? {})) {
    const path = [...at, 'headers', name]
    const lower = name.toLowerCase()
    const problem = headerNameProblem(name)
    if (problem !== null) issues.add(path, problem)
    else if (seen.has(lower)) issues.add(path, 'is set twice: names of headers ignore case')
    else if (facts.authHeaders.has(lower))
      issues.add(path, 'carries the credential of an auth scheme and must not be set by the action')
    else if (lower === 'authorization') issues.add(path, 'must not be set by an action; declare it under auth')
    else if (lower === 'cookie') issues.add(path, 'must not be set as a header; use cookies')
    else if (lower === 'content-type' && action.body !== undefined)
      issues.add(path, 'must not be set beside a body; use body.content_type')
    seen.add(lower)
    checkPlacement(template, ['simple'], path, issues)
  }
  for (const [name, template] of Object.entries(action.cookies ?? {})) {
    const path = [...at, 'cookies', name]
    if (!isToken(name)) issues.add(path, 'is not a valid name of a cookie')
    if (facts.authCookies.has(name))
      issues.add(path, 'carries the credential of an auth scheme and must not be set by the action')
    checkPlacement(template, ['form'], path, issues)
  }
}

function checkBody({ method, body }: ActionDocument, at: Path, issues: Issues): void {
  if (body === undefined) return
  const path = [...at, 'body']
  const { type, value, encoding, content_type } = body
  if (method === 'GET' || method === 'HEAD')
    issues.add(path, `must not be given: a ${method} request has no body; use query, or POST`)
  const placeholder = typeof value === 'string' && /^\{\{[^{}]*\}\}$/.test(value.trim())
  const compound = typeof value === 'object' && value !== null && !Array.isArray(value)
  if ((type === 'form' || type === 'multipart') && !compound && !placeholder) {
    issues.add([...path, 'value'], `must be an object whose keys are the fields of the ${type}`)
  } else if ((type === 'text' || type === 'xml') && typeof value !== 'string') {
    issues.add([...path, 'value'], `must be a text, as the body type is ${type}`)
  } else if (type === 'binary' && typeof value !== 'string') {
    issues.add([...path, 'value'], 'must be a text in base64, usually a placeholder such as "{{file}}"')
  }
  if (encoding !== undefined && type !== 'form' && type !== 'multipart')
    issues.add([...path, 'encoding'], 'is for form and multipart bodies only')
  for (const [field, placing] of Object.entries(encoding ?? {})) {
    if (type === 'form') checkPlacement({ value: null, ...placing }, queryStyles, [...path, 'encoding', field], issues)
  }
  if (content_type !== undefined && !/^[\w.+-]+\/[\w.+-]+\s*(;[\x20-\x7e]*)?$/.test(content_type)) {
    issues.add([...path, 'content_type'], 'must be a media type such as application/json')
  }
}

function checkResponse({ response }: ActionDocument, at: Path, issues: Issues): void {
  const problem = 'must be a path such as data.items[0].name or items[].id'
  for (const key of ['root', 'failure'] as const) {
    const path = response?.[key]
    if (path !== undefined && parsePathExpression(path) === null) issues.add([...at, 'response', key], problem)
  }
  for (const key of ['next', 'items', 'more'] as const) {
    const path = response?.pagination?.[key]
    if (path !== undefined && parsePathExpression(path) === null) issues.add([...at, 'response', 'pagination', key], problem)
  }
  for (const key of ['map', 'variables'] as const)
    for (const [field, path] of Object.entries(response?.[key] ?? {}))
      if (parsePathExpression(path) === null) issues.add([...at, 'response', key, field], problem)
}

const ofRequests = [
  ...(['method', 'path', 'path_styles', 'query', 'headers', 'cookies', 'body', 'errors', 'servers'] as const),
  'idempotency_header',
] as const satisfies readonly (keyof ActionDocument)[]

/** Code has no request that the document could describe. */
function checkCommand(action: ActionDocument, kind: string, at: Path, issues: Issues): void {
  for (const key of ofRequests)
    if (action[key] !== undefined) issues.add([...at, key], `is for connectors of kind http; this one is of kind ${kind}`)
  if (kind === 'mcp' && action.tool === undefined)
    issues.add([...at, 'tool'], 'is required: import the MCP server, which says what it is')
}

export function checkRequest(action: ActionDocument, at: Path, facts: ConnectorFacts, issues: Issues): void {
  if (!isHttpAction(action)) {
    for (const key of ['method', 'path'] as const) if (action[key] === undefined) issues.add([...at, key], 'is required')
    return
  }
  checkPath(action, at, issues)
  checkCredentialInPath(action, at, facts, issues)
  checkPlaceholders(action, at, facts, issues)
  checkParameters(action, at, facts, issues)
  checkBody(action, at, issues)
}

/** What the schema of the document can't say about an action. */
export function checkAction(name: string, action: ActionDocument, facts: ConnectorFacts, issues: Issues): void {
  const at = ['actions', name]
  const { kind = 'http' } = facts.document
  if (kind === 'http') checkRequest(action, at, facts, issues)
  else checkCommand(action, kind, at, issues)
  if (kind !== 'mcp' && action.tool !== undefined)
    issues.add([...at, 'tool'], `is for connectors of kind mcp; this one is of kind ${kind}`)
  checkResponse(action, at, issues)
  checkFallbacks(action, at, issues)
  const schemes = Object.keys(facts.document.auth ?? {})
  action.auth?.forEach((scheme, index) => {
    if (!schemes.includes(scheme))
      issues.add([...at, 'auth', index], `names the auth scheme "${scheme}", which is not under auth${orKnown(scheme, schemes)}`)
  })
}
