import ipaddr from 'ipaddr.js'
import type { ConnectorDocument, OneAuthScheme } from '../document.ts'
import type { Kind } from '../kinds.ts'
import type { McpOAuthScheme } from '../mcp.ts'
import { parseServerUrl, serversOf, serverUrlProblem } from '../template/server.ts'
import { compileUrlPattern } from '../template/url-pattern.ts'
import { checkConnectionString } from './check-connection-string.ts'
import { checkLogin } from './check-login.ts'
import { checkOAuth2 } from './check-oauth2.ts'
import { checkSigning } from './check-signing.ts'
import { credentialNames, credentialPlaces, headerNameProblem, isToken, valueIsSafe } from './headers.ts'
import { type Issues, type Path, suggestion } from './issues.ts'

/** The settings a connection has: its fields and the variables of the server URLs. */
export function settingNames(document: ConnectorDocument): readonly string[] {
  const { fields = {} } = document
  return [...new Set([...Object.keys(fields), ...serversOf(document).flatMap((server) => Object.keys(server.variables ?? {}))])]
}

export function checkServers(document: ConnectorDocument, issues: Issues): void {
  const { kind = 'http', mcp } = document
  const isProgram = kind === 'mcp' && mcp?.program !== undefined
  if (document.servers === undefined && (kind === 'http' || kind === 'external' || kind === 'mcp') && !isProgram)
    issues.add(['servers'], 'is required')
  if (isProgram && document.servers !== undefined) issues.add(['servers'], 'is not for a program, which has no address')
  if (isProgram && mcp.transport !== undefined) issues.add(['mcp', 'transport'], 'is not for a program')
  checkServerMap(document.servers ?? {}, document, ['servers'], issues)
  for (const [name, { servers }] of Object.entries(document.actions))
    if (servers !== undefined) checkServerMap(servers, document, ['actions', name, 'servers'], issues)
}

function checkServerMap(
  servers: NonNullable<ConnectorDocument['servers']>,
  { fields = {} }: ConnectorDocument,
  place: readonly string[],
  issues: Issues,
): void {
  for (const [environment, server] of Object.entries(servers)) {
    const at = [...place, environment]
    const { variables = {} } = server
    const problem = serverUrlProblem(server)
    if (problem !== null) issues.add([...at, 'url'], problem)
    for (const part of parseServerUrl(server.url)) {
      if (typeof part === 'string' || Object.hasOwn(variables, part.name) || Object.hasOwn(fields, part.name)) continue
      const meant = suggestion(part.name, [...Object.keys(variables), ...Object.keys(fields)])
      issues.add([...at, 'url'], `uses {${part.name}}, which is not declared under variables${meant}`)
    }
    for (const [name, variable] of Object.entries(variables)) {
      if (variable.default !== undefined && variable.enum !== undefined && !variable.enum.includes(variable.default)) {
        issues.add([...at, 'variables', name, 'default'], `must be one of its enum: ${variable.enum.join(', ')}`)
      }
    }
  }
}

export function checkAuth(document: ConnectorDocument, issues: Issues): void {
  const settings = settingNames(document)
  const { kind = 'http' } = document
  for (const [name, scheme] of Object.entries(document.auth ?? {})) {
    if (kind !== 'http' && credentialNames([scheme], 'path').size > 0)
      issues.add(['auth', name, 'in'], `must not be path in a connector of kind ${kind}, whose requests have no path here`)
    if (scheme.type === 'all') {
      for (const [part, one] of Object.entries(scheme.schemes))
        checkScheme(one, settings, ['auth', name, 'schemes', part], issues)
      const places = Object.values(scheme.schemes).flatMap(credentialPlaces)
      const twice = places.find((place, index) => places.indexOf(place) !== index)
      if (twice !== undefined)
        issues.add(['auth', name, 'schemes'], `go into the same place, ${twice}, so they cannot be sent together`)
      else if (places.includes('the path') && places.includes('the signature'))
        issues.add(['auth', name, 'schemes'], 'cannot be sent together: a signature does not know the key in the path')
    } else if (scheme.type === 'oauth2') checkOAuth2(scheme, settings, document, ['auth', name], issues)
    else if (scheme.type === 'mcp_oauth') checkMcpOAuth(scheme, kind, ['auth', name], issues)
    else if (scheme.type === 'conn_string') checkConnectionString(scheme, settings, ['auth', name], issues)
    else if (scheme.type === 'two_step' || scheme.type === 'session')
      checkLogin(scheme, settings, document, ['auth', name], issues)
    else checkScheme(scheme, settings, ['auth', name], issues)
  }
}

function checkMcpOAuth({ issuer }: McpOAuthScheme, kind: Kind, at: Path, issues: Issues): void {
  if (kind !== 'mcp') issues.add([...at, 'type'], 'must be another one: mcp_oauth is for connectors of kind mcp')
  if (issuer !== undefined && !/^https?:$/.test(URL.parse(issuer)?.protocol ?? ''))
    issues.add([...at, 'issuer'], 'must be an http or https URL')
}

function checkScheme(declared: OneAuthScheme, settings: readonly string[], at: Path, issues: Issues): void {
  const checkHeader = (path: Path, name: string) => {
    const problem = headerNameProblem(name)
    if (problem !== null) issues.add(path, problem)
    else if (name.toLowerCase() === 'cookie') issues.add(path, 'must not be Cookie; use an api_key with in: cookie')
  }
  const prefix = 'prefix' in declared ? declared.prefix : undefined
  if (prefix !== undefined && !valueIsSafe(prefix)) issues.add([...at, 'prefix'], 'must not contain line breaks')
  checkSigning(declared, settings, at, issues)
  if (declared.type === 'hmac')
    for (const name of Object.keys(declared.headers ?? {})) checkHeader([...at, 'headers', name], name)
  if (declared.type === 'api_key') {
    const place = declared.in ?? 'header'
    if (place === 'header') checkHeader([...at, 'name'], declared.name)
    else if (declared.name === '') issues.add([...at, 'name'], 'must not be empty')
    else if (place === 'path' && !/^\w+$/.test(declared.name)) issues.add([...at, 'name'], 'must be letters, digits and "_"')
    else if (place === 'cookie' && !isToken(declared.name)) issues.add([...at, 'name'], 'is not a valid name of a cookie')
  } else if (declared.type === 'headers') {
    declared.headers.forEach(({ name, value }, index) => {
      checkHeader([...at, 'headers', index, 'name'], name)
      if (declared.client_certificate && /^client_(?:certificate|key)$/.test(name))
        issues.add([...at, 'headers', index, 'name'], 'must not be named like the secret fields of the client certificate')
      if (value !== undefined && !valueIsSafe(value))
        issues.add([...at, 'headers', index, 'value'], 'must not contain line breaks')
    })
  }
}

export function checkFields({ fields = {} }: ConnectorDocument, issues: Issues): void {
  for (const [name, field] of Object.entries(fields)) {
    if (field.default === undefined) continue
    const type = field.type ?? 'string'
    if (typeof field.default !== type) issues.add(['fields', name, 'default'], `must be a ${type}, as the field is`)
    else if (field.enum !== undefined && !field.enum.includes(String(field.default))) {
      issues.add(['fields', name, 'default'], `must be one of its enum: ${field.enum.join(', ')}`)
    }
  }
}

const isAddress = (text: string) =>
  text.includes('/') ? ipaddr.isValidCIDR(text) : ipaddr.IPv6.isValid(text) || ipaddr.IPv4.isValidFourPartDecimal(text)

export function checkSecurity({ security = {} }: ConnectorDocument, issues: Issues): void {
  security.url_patterns?.forEach((pattern, index) => {
    if (compileUrlPattern(pattern) !== null) return
    issues.add(
      ['security', 'url_patterns', index],
      'must be a URL such as https://api.example.com/v1/*, with "*" only in the path or as https://*.example.com',
    )
  })
  if (security.tls?.ca !== undefined && !/-----BEGIN CERTIFICATE-----/.test(security.tls.ca))
    issues.add(['security', 'tls', 'ca'], 'must hold certificates in PEM: -----BEGIN CERTIFICATE-----')
  security.caller_ips?.forEach((address, index) => {
    if (!isAddress(address)) issues.add(['security', 'caller_ips', index], 'must be an address or a range such as 10.0.0.0/8')
  })
}
