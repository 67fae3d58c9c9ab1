import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Clock } from '../../clock.ts'
import { processEnvironment } from '../../config.ts'
import { type Egress, EgressError } from '../../egress/types.ts'
import type { Log } from '../../log.ts'
import { Secret } from '../../secret.ts'
import { mayHave } from './allowlist.ts'
import type { SecretRule, VaultSource } from './config.ts'

/** How long a secret that was read counts: a new one is in use after this, in milliseconds. */
const freshMs = 30_000
const readMs = 10_000
const maxBytes = 256 * 1024

/** The secrets of the agent's own file. */
export interface AgentSecrets {
  /** Throws EgressError `agent_credential`: there is none of this name, it may not go there, or it cannot be read. */
  read(name: string, url: URL, connector: string): Promise<Secret>
}

interface Dependencies {
  readonly rules: Readonly<Record<string, SecretRule>>
  readonly egress: Egress
  readonly clock: Clock
  readonly log: Log
}

/** The last line break belongs to the file, not to the secret. */
const textOf = (text: string) => new Secret(text.replace(/\r?\n$/, ''))

function environment(name: string): Secret {
  const value = processEnvironment()[name]
  if (value === undefined || value === '') throw new Error(`the variable ${name} is not set`)
  return textOf(value)
}

async function command([file = '', ...args]: readonly string[]): Promise<Secret> {
  try {
    const { stdout } = await promisify(execFile)(file, args, { timeout: readMs, maxBuffer: maxBytes, encoding: 'utf8' })
    return textOf(stdout)
  } catch (error) {
    // Its message holds what the command wrote, and that may be the secret.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new Error(`${file} ended with ${code}`)
  }
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined

export function createAgentSecrets({ rules, egress, clock, log }: Dependencies): AgentSecrets {
  const known = new Map<string, { readonly secret: Promise<Secret>; readonly until: number }>()

  /** The HTTP API of Vault and OpenBao: `data.data` of a KV store of version 2, `data` of the others. */
  async function vault({ address, path, field, namespace, token, ca }: VaultSource): Promise<Secret> {
    const key = 'file' in token ? textOf(await readFile(token.file, 'utf8')) : environment(token.env)
    const pem = ca === undefined ? undefined : await readFile(ca, 'utf8')
    const { status, body } = await egress.request({
      door: 'agent_secret',
      method: 'GET',
      url: `${address.replace(/\/+$/, '')}/v1/${path.replace(/^\/+/, '')}`,
      headers: { 'x-vault-token': key, ...(namespace !== undefined && { 'x-vault-namespace': namespace }) },
      timeoutMs: readMs,
      maxResponseBytes: maxBytes,
      ...(pem !== undefined && { authorities: { pem } }),
    })
    if (status !== 200) throw new Error(`Vault answered ${status}`)
    const answer: unknown = JSON.parse(body.toString('utf8'))
    const data = member(answer, 'data')
    const value = member(member(data, 'data') ?? data, field)
    if (typeof value !== 'string') throw new Error(`Vault has no text in the field ${field}`)
    return new Secret(value)
  }

  async function find(rule: SecretRule): Promise<Secret> {
    if (rule.file !== undefined) return textOf(await readFile(rule.file, 'utf8'))
    if (rule.env !== undefined) return environment(rule.env)
    if (rule.command !== undefined) return command(rule.command)
    if (rule.vault !== undefined) return vault(rule.vault)
    throw new Error('it says no source')
  }

  return {
    async read(name, url, connector) {
      const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
      const refuse = (why: string, cause?: unknown) => {
        log.warn({ secret: name, host: url.host, connector, why }, 'a secret is not sent')
        return new EgressError('agent_credential', false, `The agent does not put in the secret "${name}".`, cause)
      }
      if (rule === undefined) throw refuse('there is none of this name')
      if (!mayHave(rule, url, connector)) throw refuse('the file does not let it go there')
      const held = known.get(name)
      if (held !== undefined && held.until > clock.monotonic()) return held.secret
      const secret = find(rule)
      known.set(name, { secret, until: clock.monotonic() + freshMs })
      try {
        return await secret
      } catch (error) {
        known.delete(name)
        throw refuse(error instanceof Error ? error.message : 'it cannot be read', error)
      }
    },
  }
}
