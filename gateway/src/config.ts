import { resolve } from 'node:path'
import ipaddr from 'ipaddr.js'
import { Secret } from './secret.ts'

/** Everything the operator can set. Parsed once from the environment; nothing else reads `process.env`. */
export interface Config {
  /** `SALLYPORT_HOST`, default `127.0.0.1`: the address to listen on. */
  readonly host: string
  /** `SALLYPORT_PORT`, default 8080; 0 takes any free port. */
  readonly port: number
  /** `SALLYPORT_DATA_DIR`, default `.sallyport`: the embedded database and the root key file live here. */
  readonly dataDir: string
  /** `DATABASE_URL`: any PostgreSQL 14 or newer. Without it the embedded server is used. */
  readonly databaseUrl: Secret | undefined
  /** `REDIS_URL`: a Redis (6.2 or newer) or Valkey in which all gateways count calls against limits. Without it the database. */
  readonly redisUrl: Secret | undefined
  /**
   * `SALLYPORT_ROOT_KEY`: what wraps the workspace keys: 32 bytes in base64 or hex, `file:PATH` of a file with them, or a key
   * in a key management service, `aws-kms:KEY[?region=…]` or `gcp-kms:KEY[?endpoint=…]`.
   * Without it a key file `root.key` (mode 0600) is made in the data directory at the first start.
   */
  readonly rootKey: Secret | undefined
  /** `SALLYPORT_PREVIOUS_ROOT_KEY`: the root key until now, in the same forms, for the start that changes it. */
  readonly previousRootKey: Secret | undefined
  /** `SALLYPORT_PUBLIC_URL`: how people reach the gateway, for links and allowed origins. Default: the listening address. */
  readonly publicUrl: string | undefined
  /**
   * `SALLYPORT_TRUST_PROXY`: comma-separated CIDRs of the proxies before the gateway whose X-Forwarded-For tells the address
   * of a caller, e.g. `127.0.0.1/32`. Default: none is believed.
   */
  readonly trustProxy: readonly string[]
  /** `SALLYPORT_BOOTSTRAP_TOKEN`: an owner token for automation (`sp_` and at least 32 characters); read at the first start only. */
  readonly bootstrapToken: Secret | undefined
  /** `SALLYPORT_EGRESS_ALLOW`: comma-separated CIDRs of private ranges the gateway may dial, e.g. `127.0.0.1/32`. */
  readonly egressAllow: readonly string[]
  /**
   * `SALLYPORT_EGRESS_PROXY`: `http://` (with CONNECT) or `socks5://`, with user and password where it wants them. Everything
   * that leaves goes through it, to addresses the gateway has resolved and checked itself.
   */
  readonly egressProxy: Secret | undefined
  /** `SALLYPORT_DNS_SERVERS`: comma-separated addresses, with a port where it is not 53, e.g. `10.0.0.2,[fd00::2]:5353`. Default: the machine's. */
  readonly dnsServers: readonly string[]
  /** `SALLYPORT_SMTP_URL`: `smtp://user:password@host:587` or `smtps://`, for invitations and lost passwords. Without it links are shown to copy. */
  readonly smtpUrl: Secret | undefined
  /** `SALLYPORT_MAIL_FROM`: the sender of these mails, e.g. `Sallyport <sallyport@example.com>`. */
  readonly mailFrom: string
  /** `SALLYPORT_AUDIT_RETENTION_DAYS`: months of the audit log that ended that many days ago are removed. Default: all are kept. */
  readonly auditRetentionDays: number | undefined
  /** `SALLYPORT_OAUTH_REGISTRATION`, default `on`: whether MCP clients may register themselves (RFC 7591). `off` leaves those with a metadata document, and those that admins register. */
  readonly oauthRegistration: boolean
  /** `SALLYPORT_CATALOG_DIR`: a folder of connector files to offer instead of those that come with the gateway. */
  readonly catalogDir: string | undefined
  /**
   * `SALLYPORT_MCP_PROGRAMS`: a JSON file of the programs that connectors may run as MCP servers on this machine: by name
   * `{command, args?, env?, variables?, memory_mb?, processes?, idle_seconds?}`. Default: none may be run.
   */
  readonly mcpPrograms: string | undefined
  /** `SALLYPORT_MODEL` and those beside it: the language model that helps people. Default: none, and nothing needs one. */
  readonly languageModel: LanguageModelConfig | undefined
  /**
   * `SALLYPORT_MAX_RESULT_BYTES`, default 100,000: over MCP a larger answer, in bytes of JSON, is shortened and comes with a handle
   * to the rest. Four bytes are about one token. A toolset can say otherwise.
   */
  readonly maxResultBytes: number
  /** Where figures and traces go; undefined where none of its settings is there, and nothing is counted. */
  readonly telemetry: TelemetryConfig | undefined
  /** `SALLYPORT_LOG_LEVEL`, default `info`: `trace`, `debug`, `info`, `warn`, `error` or `silent`. */
  readonly logLevel: LogLevel
}

export interface TelemetryConfig {
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`: the base URL of a collector that takes OTLP over HTTP as JSON. The SDK reads it, and its other `OTEL_` settings, itself. */
  readonly otlp:
    | {
        /** `OTEL_METRIC_EXPORT_INTERVAL`, default 60,000 ms: how often figures are sent. */
        readonly metricsMs: number
        /** `OTEL_BSP_SCHEDULE_DELAY`, default 5,000 ms: how long spans wait for others. */
        readonly tracesMs: number
      }
    | undefined
  /** `SALLYPORT_METRICS_TOKEN`: opens `/metrics` for Prometheus, at least 16 characters. Without it there is no such page. */
  readonly metricsToken: Secret | undefined
}

const modelProviders = ['openai-compatible', 'anthropic'] as const

export interface LanguageModelConfig {
  /** `SALLYPORT_MODEL`: its name at the endpoint, such as `gpt-5-mini` or `qwen3:8b`. */
  readonly name: string
  /** `SALLYPORT_MODEL_PROVIDER`, default `openai-compatible`; or `anthropic`: the protocol of the endpoint. */
  readonly provider: (typeof modelProviders)[number]
  /** `SALLYPORT_MODEL_URL`: the base URL, such as `https://api.openai.com/v1`. Of Anthropic's own endpoint it may be left out. */
  readonly url: string
  /** `SALLYPORT_MODEL_KEY`: the API key, where the endpoint asks for one. */
  readonly key: Secret | undefined
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** A setting that cannot be used. The message names the variable and says what would be right. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

export type Environment = Readonly<Record<string, string | undefined>>

function fail(variable: string, expected: string): never {
  throw new ConfigError(`${variable} must be ${expected}.`)
}

function parsePort(value: string | undefined): number {
  if (value === undefined) return 8080
  const port = Number(value)
  if (!/^\d+$/.test(value) || port > 65535) fail('SALLYPORT_PORT', 'a port number from 0 to 65535')
  return port
}

function parseDatabaseUrl(value: string | undefined): Secret | undefined {
  if (value === undefined) return undefined
  if (!/^postgres(ql)?:\/\//.test(value)) fail('DATABASE_URL', 'a URL of the form postgresql://user:password@host:5432/database')
  return new Secret(value)
}

function parseRedisUrl(value: string | undefined): Secret | undefined {
  if (value === undefined) return undefined
  if (!/^rediss?:\/\//.test(value) || !URL.canParse(value))
    fail('REDIS_URL', 'a URL of the form redis://user:password@host:6379/0, or rediss:// for TLS')
  return new Secret(value)
}

function parseBootstrapToken(value: string | undefined): Secret | undefined {
  if (value === undefined) return undefined
  if (!/^sp_[A-Za-z0-9_-]{29,200}$/.test(value)) {
    fail('SALLYPORT_BOOTSTRAP_TOKEN', 'sp_ followed by at least 29 letters, digits, "_" or "-"')
  }
  return new Secret(value)
}

function parsePublicUrl(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    fail('SALLYPORT_PUBLIC_URL', 'an http or https URL such as https://sallyport.example.com')
  }
  return new URL(value).origin
}

function list(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

function parseTrustProxy(value: string | undefined): readonly string[] {
  const entries = list(value)
  for (const entry of entries) {
    // Everybody's word would let everybody choose an address.
    if (!ipaddr.isValidCIDR(entry) || entry.endsWith('/0'))
      fail('SALLYPORT_TRUST_PROXY', 'a comma-separated list of CIDRs of your proxies such as 127.0.0.1/32,10.0.0.0/8')
  }
  return entries
}

function parseCidrs(value: string | undefined): readonly string[] {
  const entries = list(value)
  for (const entry of entries) {
    if (!/^[0-9a-fA-F:.]+\/\d{1,3}$/.test(entry)) {
      fail('SALLYPORT_EGRESS_ALLOW', 'a comma-separated list of CIDRs such as 127.0.0.1/32,10.0.0.0/8')
    }
  }
  return entries
}

function parseEgressProxy(value: string | undefined): Secret | undefined {
  if (value === undefined) return undefined
  const url = URL.parse(value)
  if (url === null || !/^(?:http|socks5):$/.test(url.protocol) || url.hostname === '' || !/^\/?$/.test(url.pathname)) {
    fail('SALLYPORT_EGRESS_PROXY', 'a URL of the form http://user:password@proxy.example.com:3128, or socks5://')
  }
  return new Secret(value)
}

function parseDnsServers(value: string | undefined): readonly string[] {
  const entries = list(value)
  for (const entry of entries) {
    if (!/^(?:[\d.]+(?::\d{1,5})?|\[[\da-fA-F:.]+\](?::\d{1,5})?|[\da-fA-F:.]+)$/.test(entry)) {
      fail('SALLYPORT_DNS_SERVERS', 'a comma-separated list of addresses such as 10.0.0.2,127.0.0.1:5353')
    }
  }
  return entries
}

function parseSmtpUrl(value: string | undefined): Secret | undefined {
  if (value === undefined) return undefined
  const url = URL.parse(value)
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '')
    fail('SALLYPORT_SMTP_URL', 'a URL of the form smtp://user:password@mail.example.com:587, or smtps:// for TLS from the start')
  return new Secret(value)
}

function parseMailFrom(value: string | undefined, smtpUrl: string | undefined): string {
  if (smtpUrl === undefined) return ''
  if (value === undefined || !/^[^\r\n]*@[^\r\n]+$/.test(value))
    fail('SALLYPORT_MAIL_FROM', 'the sender of mails when SALLYPORT_SMTP_URL is set, such as Sallyport <sallyport@example.com>')
  return value
}

function parseRetention(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const days = Number(value)
  if (!/^\d{1,5}$/.test(value) || days < 1) fail('SALLYPORT_AUDIT_RETENTION_DAYS', 'a number of days, at least 1')
  return days
}

function parseOAuthRegistration(value: string | undefined): boolean {
  if (value !== undefined && value !== 'on' && value !== 'off') fail('SALLYPORT_OAUTH_REGISTRATION', 'on or off')
  return value !== 'off'
}

function parseLanguageModel(get: (name: string) => string | undefined): LanguageModelConfig | undefined {
  const [name, url, key] = [get('SALLYPORT_MODEL'), get('SALLYPORT_MODEL_URL'), get('SALLYPORT_MODEL_KEY')]
  if (name === undefined) {
    if ((url ?? key ?? get('SALLYPORT_MODEL_PROVIDER')) !== undefined)
      fail('SALLYPORT_MODEL', 'set to the name of the model, where SALLYPORT_MODEL_URL, _KEY or _PROVIDER is set')
    return undefined
  }
  const provider = modelProviders.find((candidate) => candidate === (get('SALLYPORT_MODEL_PROVIDER') ?? 'openai-compatible'))
  if (provider === undefined) fail('SALLYPORT_MODEL_PROVIDER', `one of ${modelProviders.join(', ')}`)
  const base = url ?? (provider === 'anthropic' ? 'https://api.anthropic.com/v1' : '')
  if (!/^https?:\/\/[^\s\\@?#]+$/.test(base) || !URL.canParse(base))
    fail('SALLYPORT_MODEL_URL', 'the base URL of the endpoint, such as https://api.openai.com/v1')
  return { name, provider, url: base.replace(/\/+$/, ''), key: key === undefined ? undefined : new Secret(key) }
}

function parseTelemetry(get: (name: string) => string | undefined): TelemetryConfig | undefined {
  const [endpoint, token] = [get('OTEL_EXPORTER_OTLP_ENDPOINT'), get('SALLYPORT_METRICS_TOKEN')]
  if (endpoint !== undefined && !/^https?:\/\/[^\s]+$/.test(endpoint))
    fail('OTEL_EXPORTER_OTLP_ENDPOINT', 'the base URL of a collector, such as http://127.0.0.1:4318')
  if (token !== undefined && !/^[\x21-\x7e]{16,200}$/.test(token))
    fail('SALLYPORT_METRICS_TOKEN', 'at least 16 characters without spaces')
  const milliseconds = (name: string, usual: number) => {
    const value = get(name) ?? String(usual)
    if (!/^[1-9]\d{1,6}$/.test(value)) fail(name, 'a number of milliseconds from 10 to 9999999')
    return Number(value)
  }
  if (endpoint === undefined && token === undefined) return undefined
  return {
    otlp:
      endpoint === undefined
        ? undefined
        : {
            metricsMs: milliseconds('OTEL_METRIC_EXPORT_INTERVAL', 60_000),
            tracesMs: milliseconds('OTEL_BSP_SCHEDULE_DELAY', 5_000),
          },
    metricsToken: token === undefined ? undefined : new Secret(token),
  }
}

function parseMaxResultBytes(value: string | undefined): number {
  if (value === undefined) return 100_000
  const bytes = Number(value)
  if (!/^\d{1,8}$/.test(value) || bytes < 1024 || bytes > 10_000_000)
    fail('SALLYPORT_MAX_RESULT_BYTES', 'a number of bytes from 1024 to 10000000')
  return bytes
}

function parseLogLevel(value: string | undefined): LogLevel {
  const level = logLevels.find((candidate) => candidate === (value ?? 'info'))
  return level ?? fail('SALLYPORT_LOG_LEVEL', `one of ${logLevels.join(', ')}`)
}

/** Throws {@link ConfigError} naming the first setting that cannot be used. An empty value counts as absent. */
export function parseConfig(environment: Environment): Config {
  const get = (name: string) => environment[name] || undefined
  const secret = (name: string) => {
    const value = get(name)
    return value === undefined ? undefined : new Secret(value)
  }
  return {
    host: get('SALLYPORT_HOST') ?? '127.0.0.1',
    port: parsePort(get('SALLYPORT_PORT')),
    dataDir: resolve(get('SALLYPORT_DATA_DIR') ?? '.sallyport'),
    databaseUrl: parseDatabaseUrl(get('DATABASE_URL')),
    redisUrl: parseRedisUrl(get('REDIS_URL')),
    rootKey: secret('SALLYPORT_ROOT_KEY'),
    previousRootKey: secret('SALLYPORT_PREVIOUS_ROOT_KEY'),
    publicUrl: parsePublicUrl(get('SALLYPORT_PUBLIC_URL')),
    trustProxy: parseTrustProxy(get('SALLYPORT_TRUST_PROXY')),
    bootstrapToken: parseBootstrapToken(get('SALLYPORT_BOOTSTRAP_TOKEN')),
    egressAllow: parseCidrs(get('SALLYPORT_EGRESS_ALLOW')),
    egressProxy: parseEgressProxy(get('SALLYPORT_EGRESS_PROXY')),
    dnsServers: parseDnsServers(get('SALLYPORT_DNS_SERVERS')),
    smtpUrl: parseSmtpUrl(get('SALLYPORT_SMTP_URL')),
    mailFrom: parseMailFrom(get('SALLYPORT_MAIL_FROM'), get('SALLYPORT_SMTP_URL')),
    auditRetentionDays: parseRetention(get('SALLYPORT_AUDIT_RETENTION_DAYS')),
    oauthRegistration: parseOAuthRegistration(get('SALLYPORT_OAUTH_REGISTRATION')),
    catalogDir: get('SALLYPORT_CATALOG_DIR'),
    mcpPrograms: get('SALLYPORT_MCP_PROGRAMS'),
    languageModel: parseLanguageModel(get),
    maxResultBytes: parseMaxResultBytes(get('SALLYPORT_MAX_RESULT_BYTES')),
    telemetry: parseTelemetry(get),
    logLevel: parseLogLevel(get('SALLYPORT_LOG_LEVEL')),
  }
}

/** better-auth would take settings from the environment, and send telemetry if that says so; only those above count. */
export function dropLibrarySettings(): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('BETTER_AUTH_')) delete process.env[name]
}

/** The process environment, for {@link parseConfig} and for handing on to child processes. */
export function processEnvironment(): Environment {
  return process.env
}
