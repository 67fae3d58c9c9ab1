import { SallyportError } from '../errors.ts'
import { type ConnectorContext, compileAction, once } from './compile-action.ts'
import { compileVerify } from './compile-verify.ts'
import type { ConnectorDocument, HttpConnectorDocument } from './document.ts'
import { authOf } from './external.ts'
import { schemasOf } from './input-schema.ts'
import { schemaBundler } from './json-schema/bundle.ts'
import { schemaCompiler } from './json-schema/validator.ts'
import { LazyMap } from './lazy-map.ts'
import { credentialNames } from './parse/headers.ts'
import { compileServers, environmentsOf, serversOf } from './template/server.ts'
import { isBelow } from './template/url.ts'
import { compileUrlPattern } from './template/url-pattern.ts'
import type { CompiledConnector, CompiledHttpConnector, Settings } from './types.ts'

/** What settings are when the connection doesn't say, by the fields and servers of the connector. */
function settingDefaults({ fields = {}, servers = {} }: ConnectorDocument): Settings {
  const variables = Object.values(servers).flatMap((server) => Object.entries(server.variables ?? {}))
  return Object.fromEntries(
    [...variables, ...Object.entries(fields)].flatMap(([name, declared]) =>
      declared.default === undefined ? [] : [[name, declared.default]],
    ),
  )
}

/** The same of one setting; servers of single actions are gone through only for one that nothing else declares. */
function settingDefault(document: ConnectorDocument, defaults: Settings): (name: string) => unknown {
  const found = new Map<string, unknown>(Object.entries(defaults))
  for (const name of Object.keys(document.fields ?? {})) if (!found.has(name)) found.set(name, undefined)
  return (name) => {
    if (!found.has(name))
      found.set(
        name,
        serversOf(document).findLast(({ variables = {} }) => Object.hasOwn(variables, name))?.variables?.[name]?.default,
      )
    return found.get(name)
  }
}

/** A parsed connector document, ready to run. Cheap: an action is compiled on its first use and then kept. */
export function compileConnector(document: HttpConnectorDocument, version: string): CompiledHttpConnector
export function compileConnector(document: ConnectorDocument, version: string): CompiledConnector
export function compileConnector(document: ConnectorDocument, version: string): CompiledConnector {
  const schemas = schemasOf(document)
  const auth = authOf(document)
  const defaults = settingDefaults(document)
  const context: ConnectorContext = {
    document,
    schemas,
    inputs: schemaCompiler(schemas, { formats: true }),
    outputs: schemaCompiler(schemas, { formats: false }),
    bundler: schemaBundler(schemas),
    settingDefault: settingDefault(document, defaults),
    reservedQuery: credentialNames(Object.values(auth), 'query'),
  }
  const actions = new LazyMap(Object.keys(document.actions), (name) => {
    const action = document.actions[name]
    if (action === undefined) throw new TypeError(`The document has no action ${name}.`)
    return compileAction(name, action, context)
  })
  const servers = compileServers(document.servers ?? {}, document.fields)
  const ca = document.security?.tls?.ca
  // A pattern that is none allows nothing; parsing refuses it before.
  const patterns = document.security?.url_patterns?.map((pattern) => compileUrlPattern(pattern) ?? (() => false))

  return {
    id: document.connector,
    name: document.name,
    version,
    kind: document.kind ?? 'http',
    document,
    environments: environmentsOf(document),
    auth,
    actions,
    verify: once(() => compileVerify(context, actions)),
    verifyTls: document.security?.verify_ssl ?? true,
    authorities: ca === undefined ? null : { pem: ca },
    tokenAuthorities: ca === undefined ? null : { pem: ca, besidePublic: true },
    settingDefaults: defaults,
    http2: document.security?.tls?.http2 ?? false,
    allowHttp: document.security?.allow_http ?? false,
    callerIps: document.security?.caller_ips ?? [],
    limits: {
      perMinute: document.limits?.connection_per_minute ?? null,
      perDay: document.limits?.connection_per_day ?? null,
    },
    baseUrl(environment, settings) {
      const server = servers.get(environment)
      if (server !== undefined) return server(settings)
      const environments = environmentsOf(document)
      if (document.servers === undefined && environments.includes(environment)) return null
      throw new SallyportError('INVALID_INPUT', {
        detail: `The connector has no environment "${environment}". It has: ${environments.join(', ')}.`,
      })
    },
    urlAllowed(url, baseUrl) {
      const parsed = URL.parse(url)
      if (parsed === null) return false
      if (patterns !== undefined) return patterns.some((matches) => matches(parsed))
      return baseUrl !== null && isBelow(parsed, baseUrl)
    },
  }
}
