import { SallyportError } from '../../errors.ts'
import type { ConnectorDocument } from '../document.ts'
import type { Settings } from '../types.ts'
import { isDotSegment } from './encode.ts'
import { parseBase } from './url.ts'

type Servers = NonNullable<ConnectorDocument['servers']>
type Server = Servers[string]
type Zone = 'whole' | 'scheme' | 'authority' | 'path'
interface Variable {
  readonly name: string
  readonly zone: Zone
}

/** Cuts a server URL at its `{variables}` and notes what each may fill: a value must not move the rest of the URL. */
export function parseServerUrl(url: string): readonly (string | Variable)[] {
  const parts: (string | Variable)[] = []
  let end = 0
  for (const match of url.matchAll(/\{([^{}]*)\}/g)) {
    if (match.index > end) parts.push(url.slice(end, match.index))
    end = match.index + match[0].length
    const before = url.slice(0, match.index)
    const scheme = before.indexOf('://')
    const afterScheme = scheme < 0 ? '' : before.slice(scheme + 3)
    const zone =
      match.index === 0
        ? url.startsWith('://', end)
          ? 'scheme'
          : 'whole'
        : scheme >= 0 && !afterScheme.includes('/')
          ? 'authority'
          : 'path'
    parts.push({ name: match[1] ?? '', zone })
  }
  if (end < url.length) parts.push(url.slice(end))
  return parts
}

const zones: Readonly<Record<Zone, { accepts: RegExp; expected: string; sample: string }>> = {
  whole: {
    accepts: /^https?:\/\/[^\s\\?#@]+$/i,
    expected: 'a URL such as https://api.example.com',
    sample: 'https://sample.example',
  },
  scheme: { accepts: /^https?$/i, expected: 'http or https', sample: 'https' },
  authority: {
    accepts: /^(?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/,
    expected: 'a host name or part of one: letters, digits, "-" and "."',
    sample: '1',
  },
  path: {
    accepts: /^[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*$/,
    expected: 'part of a path, without "." or ".." segments',
    sample: 'sample',
  },
}

const isSafe = (zone: Zone, value: string) =>
  zones[zone].accepts.test(value) && (zone === 'whole' || !value.split('/').some(isDotSegment))

/** A server URL with a value that fits in the place of each variable. */
function sampleUrl({ url, variables = {} }: Server): string {
  const filled = parseServerUrl(url).map((part) => {
    if (typeof part === 'string') return part
    const declared = Object.hasOwn(variables, part.name) ? variables[part.name] : undefined
    return declared?.default ?? declared?.enum?.[0] ?? zones[part.zone].sample
  })
  return filled.join('')
}

/** Why a server URL can't be used, whatever its variables become; null when it can. */
export function serverUrlProblem(server: Server): string | null {
  const text = sampleUrl(server)
  if (/[\s\\]/.test(text)) return 'must not contain spaces or backslashes'
  if (text.includes('?') || text.includes('#'))
    return 'must not have a query or a fragment; put parameters into the query of the actions'
  if (/^[a-z]+:\/\/[^/]*@/i.test(text)) return 'must not hold a user name or password; declare them under auth'
  return parseBase(text) === null ? 'must be an http or https URL such as https://api.example.com/v1' : null
}

/** Why an address of OAuth or a login can't be used, whatever the settings in it become; null when it can. */
export function addressProblem(url: string, document: ConnectorDocument): string | null {
  const text = sampleUrl({ url, variables: variablesOf(document) })
  const parsed = /[\s\\#]/.test(text) ? null : URL.parse(text)
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return 'must be an https URL without spaces and fragment'
  return parsed.username === '' && parsed.password === '' ? null : 'must not hold a user name or password'
}

/** The variables of every server; those of the first win. */
const variablesOf = (document: ConnectorDocument): NonNullable<Server['variables']> =>
  Object.assign(
    {},
    ...serversOf(document)
      .toReversed()
      .map(({ variables }) => variables ?? {}),
  )

/** An address of OAuth or a login, or a path, with the settings in it. Throws INVALID_INPUT naming a setting that is missing or does not fit its place. */
export function fillAddress(url: string, document: ConnectorDocument, settings: Settings): string {
  return fillVariables({ url, variables: variablesOf(document) }, document.fields ?? {}, settings)
}

/** The base URL, without a slash at its end. */
export type RenderBase = (settings: Settings) => string

/** Every server of a document: of its environments, and of actions with their own. */
export function serversOf({ servers = {}, actions }: ConnectorDocument): readonly Server[] {
  const own = Object.values(actions).flatMap((action) => (action.servers === undefined ? [] : Object.values(action.servers)))
  return [...Object.values(servers), ...own]
}

/** A connector that is code and names no server has one environment. */
export function environmentsOf({ servers }: ConnectorDocument): readonly string[] {
  return servers === undefined ? ['production'] : Object.keys(servers)
}

export function compileServers(servers: Servers, fields: ConnectorDocument['fields'] = {}): ReadonlyMap<string, RenderBase> {
  return new Map(Object.entries(servers).map(([environment, server]) => [environment, compileServer(server, fields)]))
}

function fillVariables(server: Server, fields: NonNullable<ConnectorDocument['fields']>, settings: Settings): string {
  const { variables = {} } = server

  function fill({ name, zone }: Variable): string {
    const variable = Object.hasOwn(variables, name) ? variables[name] : undefined
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    const value = (Object.hasOwn(settings, name) ? settings[name] : undefined) ?? variable?.default ?? field?.default
    const refuse = (problem: string): never => {
      const message = `The setting ${name} ${problem}`
      throw new SallyportError('INVALID_INPUT', {
        detail: `${message}.`,
        diagnostics: { errors: [{ path: `/settings/${name}`, message }] },
      })
    }
    if (value === undefined || value === '') return refuse('is required: the server URL needs it')
    const text = String(value)
    if (variable?.enum !== undefined && !variable.enum.includes(text)) return refuse(`must be one of ${variable.enum.join(', ')}`)
    if (!isSafe(zone, text)) return refuse(`must be ${zones[zone].expected}`)
    return zone === 'whole' ? text.replace(/\/+$/, '') : text
  }

  return parseServerUrl(server.url)
    .map((part) => (typeof part === 'string' ? part : fill(part)))
    .join('')
}

function compileServer(server: Server, fields: NonNullable<ConnectorDocument['fields']>): RenderBase {
  return (settings) => {
    const text = fillVariables(server, fields, settings)
    const base = parseBase(text)
    if (base === null)
      throw new SallyportError('INVALID_INPUT', { detail: 'With these settings the server URL is no http or https URL.' })
    return `${base.origin}${base.prefix}`
  }
}
