import { SallyportError } from '../../errors.ts'
import type { HttpConnectorDocument } from '../document.ts'
import { serverUrlProblem } from '../template/server.ts'
import type { OperationContext } from './context.ts'
import { UniqueNames } from './names.ts'
import type { ReportCode, Reporter } from './report.ts'
import { entriesOf, isRecord, type Json, pointer, type Spec, textOf } from './spec.ts'
import { swaggerServers } from './swagger.ts'

type Servers = HttpConnectorDocument['servers']

interface Listed {
  readonly value: Json
  readonly at: string
}

/** Servers by environment. Throws INVALID_INPUT when no absolute address can be found. */
export function importServers(spec: Spec, serverUrl: string | undefined, report: Reporter): Servers {
  const base = baseOf(serverUrl)
  const listed = spec.isSwagger ? swaggerServers(spec) : listedIn(spec.root.servers, '')
  const { servers, relative } = serversFrom(listed, base, (code, at, message) => report.add(code, '', at, message))
  if (Object.keys(servers).length > 0) return servers
  if (base === undefined) throw noServer(relative)
  if (listed.length === 0)
    report.add('server_adjusted', '', '/servers', `The document names no server; "${base}" from server_url is taken.`)
  return { production: { url: trimmed(base) } }
}

/** Servers of a path or an operation that are not those of the document; undefined when there are none. */
export function ownServers(context: OperationContext): Servers | undefined {
  const { spec, operation, note, serverUrl } = context
  if (spec.isSwagger) return swaggerSchemes(context)
  if (operation.value.servers === undefined && operation.item.servers === undefined) return undefined
  const own = listedIn(operation.value.servers, operation.at)
  const listed = own.length > 0 ? own : listedIn(operation.item.servers, operation.itemAt)
  const root = new Set(listedIn(spec.root.servers, '').map(({ value }) => textOf(value.url) ?? '/'))
  if (listed.length === 0 || listed.every(({ value }) => root.has(textOf(value.url) ?? '/'))) return undefined
  const { servers } = serversFrom(listed, baseOf(serverUrl), note)
  const [first] = Object.values(servers)
  if (first === undefined) return undefined
  note(
    'server_of_its_own',
    `${listed[0]?.at.replace(/\/\d+$/, '')}`,
    `This operation is called at a server of its own, ${first.url}, with the credential of the connection.`,
  )
  return servers
}

/** An operation of Swagger 2.0 may want another protocol than the document; only encryption matters then. */
function swaggerSchemes({ spec, operation, note }: OperationContext): undefined {
  const { schemes } = operation.value
  const root = Array.isArray(spec.root.schemes) ? spec.root.schemes : []
  if (Array.isArray(schemes) && !schemes.some((scheme) => root.includes(scheme)))
    note(
      'server_adjusted',
      pointer(operation.at, 'schemes'),
      `It should be called with ${schemes.join(' or ')}, but is called at the server of the connection.`,
    )
  return undefined
}

const listedIn = (servers: unknown, at: string): readonly Listed[] =>
  (Array.isArray(servers) ? servers : []).flatMap((value, index) =>
    isRecord(value) ? [{ value, at: pointer(at, 'servers', index) }] : [],
  )

function serversFrom(
  listed: readonly Listed[],
  base: string | undefined,
  note: (code: ReportCode, at: string, message: string) => void,
): { readonly servers: Servers; readonly relative: string | null } {
  const urls = new Set(listed.map(({ value }) => textOf(value.url)))
  const servers: Servers = {}
  const names = new UniqueNames()
  const taken = new Set<string>()
  let relative: string | null = null
  for (const { value: server, at } of listed) {
    const written = textOf(server.url) ?? '/'
    const url = absoluteUrl(written, base)
    if (url === null) {
      relative ??= written
      note(
        'server_left_out',
        at,
        `The server URL "${written}" is relative. Import again with server_url, the address the document was found at, to keep it.`,
      )
      continue
    }
    if (written.startsWith('http:') && urls.has(written.replace(/^http:/, 'https:'))) {
      note('server_adjusted', at, `"${written}" is left out, since the same server is listed with https.`)
      continue
    }
    if (taken.has(url)) {
      note('server_adjusted', at, `"${written}" is listed more than once and taken once.`)
      continue
    }
    const made = serverOf(server, url, at, note)
    const problem = serverUrlProblem(made)
    if (problem !== null) {
      note('server_left_out', at, `The server "${written}" is left out: its URL ${problem}.`)
      continue
    }
    taken.add(url)
    if (url.startsWith('http:')) {
      note(
        'server_unencrypted',
        at,
        `"${written}" is not encrypted: outside loopback, calls are refused until security.allow_http is set in the connector.`,
      )
    }
    // From 3.2 on a server has a name of its own.
    const words = [textOf(server.name), textOf(server.description)].filter((text) => text !== undefined)
    servers[names.take(environmentOf(url, words[0], taken.size === 1))] = made
  }
  return { servers, relative }
}

function serverOf(
  server: Json,
  url: string,
  at: string,
  note: (code: ReportCode, at: string, message: string) => void,
): Servers[string] {
  const variables: NonNullable<Servers[string]['variables']> = {}
  for (const [name, variable] of entriesOf(server.variables)) {
    const description = textOf(variable.description)
    const known = Array.isArray(variable.enum) ? variable.enum.map(String) : []
    const preset = variable.default === undefined || variable.default === null ? '' : String(variable.default)
    if (preset !== '' && known.length > 0 && !known.includes(preset)) {
      known.push(preset)
      note('server_adjusted', pointer(at, 'variables', name), `The default "${preset}" is not in the enum and is added to it.`)
    }
    variables[name] = {
      ...(description === undefined ? {} : { description }),
      ...(preset === '' ? {} : { default: preset }),
      ...(known.length === 0 ? {} : { enum: known }),
    }
  }
  for (const [, name] of url.matchAll(/\{([^{}]+)\}/g)) {
    if (name === undefined || Object.hasOwn(variables, name)) continue
    variables[name] = {}
    note('server_adjusted', at, `The variable "${name}" of the server URL is not declared; a connection has to give it.`)
  }
  const description = textOf(server.description)
  return {
    url,
    ...(description === undefined ? {} : { description }),
    ...(Object.keys(variables).length === 0 ? {} : { variables }),
  }
}

/** Words of a description or host name that tell an environment, and its name. */
const environments: readonly (readonly [RegExp, string])[] = [
  [/sandbox/i, 'sandbox'],
  [/\b(pre-?prod\w*|staging|stage|stg)\b/i, 'staging'],
  [/\b(test|testing|uat|qa)\b/i, 'test'],
  [/\b(dev|develop|development)\b/i, 'development'],
  [/\b(demo|trial)\b/i, 'demo'],
  [/\b(mock|mocks)\b/i, 'mock'],
  [/\b(localhost|127\.0\.0\.1|local)\b/i, 'local'],
  [/\b(prod|production|live)\b/i, 'production'],
]

function environmentOf(url: string, description: string | undefined, isFirst: boolean): string {
  const host = /^https?:\/\/([^/]*)/.exec(url)?.[1] ?? ''
  // The last label is no word about the environment: .dev and .test are ordinary endings.
  const labels = host.replace(/:\d+$/, '').replace(/(?<=.)\.[^.]+$/, '')
  for (const text of [description ?? '', labels]) {
    const found = environments.find(([words]) => words.test(text))
    if (found !== undefined) return found[1]
  }
  if (isFirst) return 'production'
  const slug = (description ?? host)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 40)
    .replace(/_+$/, '')
  return slug === '' ? 'server' : slug
}

/** An absolute URL without a slash at its end; variables in braces stay. Null when it is relative and there is no base. */
function absoluteUrl(url: string, base: string | undefined): string | null {
  if (/^(https?:\/\/|\{)/i.test(url)) return trimmed(url)
  if (base === undefined) return null
  // URL would encode the braces, so they wait outside.
  const holes: string[] = []
  const plain = url.replace(/\{[^{}]*\}/g, (hole) => `--hole-${holes.push(hole) - 1}--`)
  const resolved = URL.canParse(plain, base) ? new URL(plain, base).href : null
  if (resolved === null) return null
  return trimmed(resolved.replace(/--hole-(\d+)--/g, (_, index: string) => holes[Number(index)] ?? ''))
}

function trimmed(url: string): string {
  return url.replace(/[?#].*$/, '').replace(/\/+$/, '')
}

function baseOf(serverUrl: string | undefined): string | undefined {
  if (serverUrl === undefined) return undefined
  if (URL.canParse(serverUrl) && /^https?:/i.test(serverUrl)) return serverUrl
  throw new SallyportError('INVALID_INPUT', {
    detail: `server_url is "${serverUrl}". It must be an absolute http or https address such as https://api.example.com/v1.`,
  })
}

function noServer(relative: string | null): SallyportError {
  const found = relative === null ? 'names no server' : `gives its server only as "${relative}", relative to where it was found`
  return new SallyportError('INVALID_INPUT', {
    detail: `The document ${found}. Pass server_url, the base address of the API, such as https://api.example.com/v1.`,
  })
}
