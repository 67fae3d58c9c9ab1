import { reveal, Secret } from '../../secret.ts'
import { jsonBody } from '../secret-body.ts'
import { type Egress, EgressError, type EgressResponse } from '../types.ts'
import { faultOf } from './faults.ts'
import { answerTimeoutMs, maxAnswerBytes, type SecretManager, SecretManagerError, type VaultPlace } from './types.ts'

/** A token, or a role that one is obtained with (AppRole). */
export type VaultCredential = { readonly token: Secret } | { readonly roleId: string; readonly secretId: Secret }

interface Asked {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly body?: Secret
}

function jsonOf(body: Buffer): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'))
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {}
  }
}

const member = (value: unknown, ...names: readonly string[]): unknown =>
  names.reduce<unknown>((at, name) => (typeof at === 'object' && at !== null ? Object(at)[name] : undefined), value)

/** The server's own words, at most as many as fit on a line; values are never in them. */
function refusal({ status, body }: EgressResponse): SecretManagerError {
  const errors = member(jsonOf(body), 'errors')
  const said = Array.isArray(errors) ? errors.map(String).join('; ').replace(/\s+/g, ' ').slice(0, 200) : ''
  const fault =
    status === 401 || status === 403 ? 'denied' : status === 429 ? 'throttled' : status >= 500 ? 'unavailable' : 'refused'
  return new SecretManagerError(fault, `Vault answered ${status}${said === '' ? '' : `: ${said}`}`)
}

/** HashiCorp Vault, or OpenBao: the KV engine, version 2, over HTTP. */
export function openVault(place: VaultPlace, credential: VaultCredential, egress: Egress): SecretManager {
  const base = place.address.replace(/\/+$/, '')
  let token: Secret | null = 'token' in credential ? credential.token : null

  async function request({ method, path, body }: Asked, withToken: Secret | null): Promise<EgressResponse> {
    try {
      return await egress.request({
        door: 'secret_manager',
        method,
        url: `${base}/v1/${path}`,
        headers: {
          ...(withToken !== null && { 'x-vault-token': withToken }),
          ...(place.namespace !== undefined && { 'x-vault-namespace': place.namespace }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body }),
        timeoutMs: answerTimeoutMs,
        maxResponseBytes: maxAnswerBytes,
      })
    } catch (error) {
      throw error instanceof EgressError ? faultOf(error) : error
    }
  }

  async function logIn(): Promise<Secret> {
    if ('token' in credential) return credential.token
    const body = jsonBody({ role_id: credential.roleId, secret_id: credential.secretId })
    const answer = await request({ method: 'POST', path: 'auth/approle/login', body }, null)
    // A role that is not known is answered with 400, which is no fault of the request.
    if (answer.status === 400) throw new SecretManagerError('denied', refusal(answer).message)
    if (answer.status !== 200) throw refusal(answer)
    const given = member(jsonOf(answer.body), 'auth', 'client_token')
    if (typeof given !== 'string') throw new SecretManagerError('refused', 'Vault answered the login without a token.')
    return new Secret(given)
  }

  /** A token of a role comes to its end: then once more with another. */
  async function ask(asked: Asked): Promise<EgressResponse> {
    token ??= await logIn()
    const answer = await request(asked, token)
    if (answer.status !== 403 || 'token' in credential) return answer
    token = await logIn()
    return request(asked, token)
  }

  const dataOf = (name: string) => `${place.mount}/data/${name}`
  const metadataOf = (name: string) => `${place.mount}/metadata/${name}`

  return {
    async write(name, value) {
      const body = new Secret(JSON.stringify({ data: { value: reveal(value) } }))
      const answer = await ask({ method: 'POST', path: dataOf(name), body })
      if (answer.status !== 200) throw refusal(answer)
      const version = member(jsonOf(answer.body), 'data', 'version')
      if (typeof version !== 'number')
        throw new SecretManagerError('refused', 'Vault answered without a version. The mount must be a KV engine of version 2.')
      return String(version)
    },

    async read(name) {
      const answer = await ask({ method: 'GET', path: dataOf(name) })
      if (answer.status === 404) return null
      if (answer.status !== 200) throw refusal(answer)
      const data = member(jsonOf(answer.body), 'data')
      const value = member(data, 'data', 'value')
      const version = member(data, 'metadata', 'version')
      return typeof value === 'string' && typeof version === 'number'
        ? { value: new Secret(value), version: String(version) }
        : null
    },

    async version(name) {
      const answer = await ask({ method: 'GET', path: metadataOf(name) })
      if (answer.status === 404) return null
      if (answer.status !== 200) throw refusal(answer)
      const data = member(jsonOf(answer.body), 'data')
      const current = member(data, 'current_version')
      if (typeof current !== 'number') return null
      const newest = member(data, 'versions', String(current))
      const gone = member(newest, 'destroyed') === true || Boolean(member(newest, 'deletion_time'))
      return gone ? null : String(current)
    },

    async remove(name) {
      const answer = await ask({ method: 'DELETE', path: metadataOf(name) })
      if (answer.status !== 204 && answer.status !== 404) throw refusal(answer)
    },
  }
}
