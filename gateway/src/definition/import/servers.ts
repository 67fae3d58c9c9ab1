import { SallyportError } from '../../errors.ts'
import type { ConnectorDocument } from '../document.ts'
import { serverUrlProblem } from '../template/server.ts'
import { UniqueNames } from './names.ts'
import type { Reporter } from './report.ts'
import { entriesOf, isRecord, type Json, pointer, type Spec, textOf } from './spec.ts'

type Servers = ConnectorDocument['servers']

/** Servers by environment. Throws INVALID_INPUT when no absolute address can be found. */
export function importServers(spec: Spec, serverUrl: string | undefined, report: Reporter): Servers {
  const base = serverUrl === undefined ? undefined : absolute(serverUrl)
  const listed = Array.isArray(spec.root.servers) ? spec.root.servers.filter(isRecord) : []
  const urls = new Set(listed.map((server) => textOf(server.url)))
  const servers: Servers = {}
  const names = new UniqueNames()
  const taken = new Set<string>()
  let relative: string | null = null
  for (const [index, server] of listed.entries()) {
    const at = pointer('', 'servers', index)
    const written = textOf(server.url) ?? '/'
    const url = absoluteUrl(written, base)
    if (url === null) {
      relative ??= written
      report.add(
        'skipped',
        '',
        at,
        `The server URL "${written}" is relative. Import again with server_url, the address the document was found at, to keep it.`,
      )
      continue
    }
    if (url.startsWith('http:') && urls.has(written.replace(/^http:/, 'https:'))) {
      report.add('adjusted', '', at, `"${written}" is left out, since the same server is listed with https.`)
      continue
    }
    if (taken.has(url)) {
      report.add('adjusted', '', at, `"${written}" is listed more than once and taken once.`)
      continue
    }
    const made = serverOf(server, url, at, report)
    const problem = serverUrlProblem(made)
    if (problem !== null) {
      report.add('skipped', '', at, `The server "${written}" is left out: its URL ${problem}.`)
      continue
    }
    taken.add(url)
    if (url.startsWith('http:')) {
      report.add(
        'warning',
        '',
        at,
        `"${written}" is not encrypted: outside loopback, calls are refused until security.allow_http is set in the connector.`,
      )
    }
    servers[names.take(environmentOf(url, textOf(server.description), taken.size === 1))] = made
  }
  if (taken.size === 0) {
    if (base === undefined) throw noServer(relative)
    if (listed.length === 0)
      report.add('adjusted', '', '/servers', `The document names no server; "${base}" from server_url is taken.`)
    servers.production = { url: trimmed(base) }
  }
  return servers
}

function serverOf(server: Json, url: string, at: string, report: Reporter): Servers[string] {
  const variables: NonNullable<Servers[string]['variables']> = {}
  for (const [name, variable] of entriesOf(server.variables)) {
    const description = textOf(variable.description)
    const known = Array.isArray(variable.enum) ? variable.enum.map(String) : []
    const preset = variable.default === undefined || variable.default === null ? '' : String(variable.default)
    if (preset !== '' && known.length > 0 && !known.includes(preset)) {
      known.push(preset)
      report.add('adjusted', '', pointer(at, 'variables', name), `The default "${preset}" is not in the enum and is added to it.`)
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
    report.add('adjusted', '', at, `The variable "${name}" of the server URL is not declared; a connection has to give it.`)
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

function absolute(serverUrl: string): string {
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
