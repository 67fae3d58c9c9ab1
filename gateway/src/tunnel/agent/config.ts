import { readFile } from 'node:fs/promises'
import ipaddr from 'ipaddr.js'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { parse } from 'yaml'
import { ConfigError } from '../../config.ts'

/**
 * The agent's own file: what it may be asked for. It is read once, at the start, and nothing that a gateway says changes or
 * widens it.
 */

const closed = { additionalProperties: false } as const
const Slug = Type.String({ minLength: 1, maxLength: 200 })
/** A name, `*.` before one for those below it, `*` for any, or an address. */
const Host = Type.String({
  pattern: '^(\\*|(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?|[0-9A-Fa-f:.]+)$',
  maxLength: 253,
})
const Ports = Type.Array(Type.Integer({ minimum: 1, maximum: 65_535 }), { minItems: 1 })

const Rule = Type.Object(
  { host: Host, ports: Type.Optional(Ports), connectors: Type.Optional(Type.Array(Slug, { minItems: 1 })) },
  closed,
)

const Vault = Type.Object(
  {
    /** Of Vault or OpenBao, e.g. https://vault.corp.internal:8200. */
    address: Type.String({ pattern: '^https?://' }),
    /** As its HTTP API names it, e.g. `secret/data/erp` of a KV store of version 2. */
    path: Type.String({ minLength: 1, maxLength: 500 }),
    field: Slug,
    namespace: Type.Optional(Slug),
    /** Where its token is. */
    token: Type.Union([Type.Object({ file: Slug }, closed), Type.Object({ env: Slug }, closed)]),
    /** PEM file of the authority that signed its certificate. */
    ca: Type.Optional(Slug),
  },
  closed,
)

const from = {
  file: Type.Optional(Slug),
  env: Type.Optional(Slug),
  command: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
  vault: Type.Optional(Vault),
}
const SecretRule = Type.Object(
  { ...from, hosts: Type.Array(Host, { minItems: 1 }), connectors: Type.Optional(Type.Array(Slug, { minItems: 1 })) },
  closed,
)

const AgentFile = Type.Object(
  {
    /** What the agent is called in its network; default the name of the machine. */
    name: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$' })),
    allow: Type.Array(Rule, { minItems: 1 }),
    /** CIDRs of private ranges to which the allowed hosts may lead. */
    addresses: Type.Optional(Type.Array(Type.String())),
    secrets: Type.Optional(Type.Record(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$' }), SecretRule)),
    dns_servers: Type.Optional(Type.Array(Type.String())),
    /** PEM file of the authority that signed the gateway's certificate. */
    gateway_ca: Type.Optional(Slug),
  },
  closed,
)

export type AgentFile = Static<typeof AgentFile>
export type AllowRule = Static<typeof Rule>
export type SecretRule = Static<typeof SecretRule>
export type VaultSource = Static<typeof Vault>

const compiled = Compile(AgentFile)

function problemsOf(file: AgentFile): string | null {
  for (const range of file.addresses ?? [])
    if (!ipaddr.isValidCIDR(range)) return `addresses: "${range}" is no CIDR such as 10.0.0.0/8`
  for (const [name, secret] of Object.entries(file.secrets ?? {})) {
    const sources = [secret.file, secret.env, secret.command, secret.vault].filter((source) => source !== undefined)
    if (sources.length !== 1) return `secrets.${name}: name one of file, env, command and vault`
  }
  for (const { host } of file.allow) if (/^[\d.]+$/.test(host) && !ipaddr.isValid(host)) return `allow: "${host}" is no address`
  return null
}

/** Throws ConfigError naming what is wrong. */
export function parseAgentFile(text: string, path: string): AgentFile {
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    throw new ConfigError(`${path} is not valid YAML: ${error instanceof Error ? error.message.split('\n')[0] : 'unknown'}`)
  }
  if (!compiled.Check(value)) {
    const [first] = compiled.Errors(value)
    throw new ConfigError(`${path}: ${first?.instancePath || 'the file'} ${first?.message ?? 'is not what an agent reads'}.`)
  }
  const problem = problemsOf(value)
  if (problem !== null) throw new ConfigError(`${path}: ${problem}.`)
  return value
}

export async function readAgentFile(path: string): Promise<AgentFile> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new ConfigError(`${path} cannot be read. It says which hosts the agent may reach; see docs/guide/private-networks.md.`)
  })
  return parseAgentFile(text, path)
}
