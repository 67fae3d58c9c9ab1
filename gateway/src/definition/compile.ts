import { SallyportError } from '../errors.ts'
import { type ConnectorContext, compileAction } from './compile-action.ts'
import type { ConnectorDocument } from './document.ts'
import { schemasOf } from './input-schema.ts'
import { schemaBundler } from './json-schema/bundle.ts'
import { schemaCompiler } from './json-schema/validator.ts'
import { LazyMap } from './lazy-map.ts'
import { credentialNames } from './parse/headers.ts'
import { compileServers, serversOf } from './template/server.ts'
import { isBelow } from './template/url.ts'
import { compileUrlPattern } from './template/url-pattern.ts'
import type { CompiledConnector } from './types.ts'

function settingDefaults(document: ConnectorDocument): Readonly<Record<string, unknown>> {
  const { fields = {} } = document
  const variables = serversOf(document).flatMap((server) => Object.entries(server.variables ?? {}))
  return Object.fromEntries([...variables, ...Object.entries(fields)].map(([name, declared]) => [name, declared.default]))
}

/** A parsed connector document, ready to run. Cheap: an action is compiled on its first use and then kept. */
export function compileConnector(document: ConnectorDocument, version: string): CompiledConnector {
  const schemas = schemasOf(document)
  const auth = document.auth ?? {}
  const context: ConnectorContext = {
    document,
    schemas,
    inputs: schemaCompiler(schemas, { formats: true }),
    outputs: schemaCompiler(schemas, { formats: false }),
    bundler: schemaBundler(schemas),
    settingDefaults: settingDefaults(document),
    reservedQuery: credentialNames(Object.values(auth), 'query'),
  }
  const servers = compileServers(document.servers, document.fields)
  const ca = document.security?.tls?.ca
  // A pattern that is none allows nothing; parsing refuses it before.
  const patterns = document.security?.url_patterns?.map((pattern) => compileUrlPattern(pattern) ?? (() => false))

  return {
    id: document.connector,
    name: document.name,
    version,
    document,
    environments: Object.keys(document.servers),
    auth,
    actions: new LazyMap(Object.keys(document.actions), (name) => compileAction(name, context)),
    verifyTls: document.security?.verify_ssl ?? true,
    authorities: ca === undefined ? null : { pem: ca },
    http2: document.security?.tls?.http2 ?? false,
    allowHttp: document.security?.allow_http ?? false,
    callerIps: document.security?.caller_ips ?? [],
    limits: {
      perMinute: document.limits?.connection_per_minute ?? null,
      perDay: document.limits?.connection_per_day ?? null,
    },
    baseUrl(environment, settings) {
      const server = servers.get(environment)
      if (server === undefined) {
        throw new SallyportError('INVALID_INPUT', {
          detail: `The connector has no environment "${environment}". It has: ${Object.keys(document.servers).join(', ')}.`,
        })
      }
      return server(settings)
    },
    urlAllowed(url, baseUrl) {
      const parsed = URL.parse(url)
      if (parsed === null) return false
      return patterns === undefined ? isBelow(parsed, baseUrl) : patterns.some((matches) => matches(parsed))
    },
  }
}
