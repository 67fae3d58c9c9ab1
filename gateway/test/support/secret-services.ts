import { createHash, createHmac, generateKeyPairSync, type KeyObject, randomUUID, verify } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SignatureV4 } from '@smithy/signature-v4'

/** Secret managers on loopback, as far as the gateway and its workloads use them. Each verifies whoever asks as the real one does. */

/** As the signer wants it. */
class Sha256 {
  readonly #hash
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key =
      typeof secret === 'string' ? secret : secret && Buffer.from(secret instanceof ArrayBuffer ? secret : secret.buffer)
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key)
  }
  update(data: Uint8Array | string): void {
    this.#hash.update(data)
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }
}

/** What a service answers instead of doing what it was asked. */
export interface Fault {
  readonly status: number
  readonly name: string
}

interface Asked {
  readonly operation: string
  /** Of the secret. */
  readonly name: string
}

class ServiceError extends Error {
  readonly status: number
  constructor(status: number, name: string, message = name) {
    super(message)
    this.status = status
    this.name = name
  }
}

interface StoredVersion {
  readonly id: string
  readonly value: string
}

export abstract class SecretService {
  /** By name, the newest last. */
  readonly secrets = new Map<string, StoredVersion[]>()
  readonly asked: Asked[] = []
  /** Asked before anything is done. */
  fault: ((asked: Asked) => Fault | null) | null = null
  /** Reads answer what was before the newest, as a replica of the service that lags. */
  stale = false
  readonly #server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    try {
      const answer = await this.handle(request, body)
      if (answer === null) response.writeHead(204).end()
      else response.writeHead(200, { 'content-type': this.contentType }).end(JSON.stringify(answer))
    } catch (error) {
      const { status, name, message } = error instanceof ServiceError ? error : new ServiceError(500, 'Broken', String(error))
      response.writeHead(status, { 'content-type': this.contentType }).end(JSON.stringify(this.describe(status, name, message)))
    }
  })

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  /** The content of the newest version, as JSON. */
  content(name: string): { version: string; fields: Record<string, string>; expires_at: string | null } | null {
    const newest = this.secrets.get(name)?.at(-1)
    return newest === undefined ? null : JSON.parse(newest.value)
  }

  protected act(operation: string, name: string): void {
    const asked = { operation, name }
    this.asked.push(asked)
    const fault = this.fault?.(asked)
    if (fault != null) throw new ServiceError(fault.status, fault.name)
  }

  protected newest(name: string): StoredVersion | undefined {
    const versions = this.secrets.get(name)
    return this.stale && versions !== undefined && versions.length > 1 ? versions.at(-2) : versions?.at(-1)
  }

  protected add(name: string, value: string, id = randomUUID()): StoredVersion {
    const version = { id, value }
    this.secrets.set(name, [...(this.secrets.get(name) ?? []), version])
    return version
  }

  protected abstract readonly contentType: string
  protected abstract handle(request: IncomingMessage, body: string): unknown
  protected abstract describe(status: number, name: string, message: string): unknown
}

/** AWS Secrets Manager: JSON 1.1; what was signed is signed anew by the signer of the official SDK, and must be the same. */
export class AwsSecrets extends SecretService {
  protected readonly contentType = 'application/x-amz-json-1.1'
  readonly region = 'eu-central-1'
  readonly credential = { access_key_id: 'AKIDEXAMPLE', secret_access_key: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }

  /** By which an SDK of a workload finds its credential, and looks nowhere else. */
  get env(): Record<string, string> {
    return {
      AWS_ACCESS_KEY_ID: this.credential.access_key_id,
      AWS_SECRET_ACCESS_KEY: this.credential.secret_access_key,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    }
  }

  protected describe(_status: number, name: string, message: string): unknown {
    return { __type: name, message }
  }

  async #verify(request: IncomingMessage, body: string): Promise<void> {
    const { authorization = '', 'x-amz-date': date = '' } = request.headers
    const names = /SignedHeaders=([a-z0-9;-]+)/.exec(authorization)?.[1]?.split(';') ?? []
    const signer = new SignatureV4({
      service: 'secretsmanager',
      region: this.region,
      credentials: { accessKeyId: this.credential.access_key_id, secretAccessKey: this.credential.secret_access_key },
      sha256: Sha256,
    })
    const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(date)) ?? []
    const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name])]))
    const [hostname = '', port] = String(request.headers.host).split(':')
    const again = await signer.sign(
      {
        method: request.method ?? '',
        protocol: 'http:',
        hostname,
        port: Number(port),
        path: request.url ?? '',
        query: {},
        headers,
        body,
      },
      { signingDate: new Date(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`) },
    )
    if (again.headers.authorization !== authorization)
      throw new ServiceError(400, 'InvalidSignatureException', 'The request signature we calculated does not match.')
  }

  protected async handle(request: IncomingMessage, body: string): Promise<unknown> {
    await this.#verify(request, body)
    const operation = String(request.headers['x-amz-target']).replace('secretsmanager.', '')
    const { SecretId, Name = SecretId, SecretString } = JSON.parse(body) as Record<string, string>
    const name = Name ?? ''
    this.act(operation, name)
    const missing = !this.secrets.has(name)
    if (missing && operation !== 'CreateSecret')
      throw new ServiceError(400, 'ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
    switch (operation) {
      case 'CreateSecret':
        if (!missing) throw new ServiceError(400, 'ResourceExistsException', 'A secret of this name exists.')
        return { Name: name, VersionId: this.add(name, SecretString ?? '').id }
      case 'PutSecretValue':
        return { Name: name, VersionId: this.add(name, SecretString ?? '').id }
      case 'GetSecretValue': {
        const found = this.newest(name)
        return { Name: name, SecretString: found?.value, VersionId: found?.id }
      }
      case 'DescribeSecret':
        return { Name: name, VersionIdsToStages: { [this.newest(name)?.id ?? '']: ['AWSCURRENT'] } }
      case 'DeleteSecret':
        this.secrets.delete(name)
        return { Name: name }
      default:
        throw new ServiceError(400, 'InvalidRequestException', operation)
    }
  }
}

/** Google Secret Manager over REST, for a service account that signs its tokens itself. */
export class GcpSecrets extends SecretService {
  protected readonly contentType = 'application/json'
  readonly project = 'a-project'
  readonly #public: KeyObject
  /** What the service account's file holds. */
  readonly account: string

  constructor() {
    super()
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    this.#public = publicKey
    this.account = JSON.stringify({
      type: 'service_account',
      project_id: this.project,
      private_key_id: 'k1',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: 'gateway@a-project.iam.gserviceaccount.com',
      client_id: '1',
    })
  }

  protected describe(status: number, name: string, message: string): unknown {
    return { error: { code: status, message, status: name } }
  }

  #verify(request: IncomingMessage): void {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const [head = '', claims = '', signature = ''] = token.split('.')
    const signed = verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), this.#public, Buffer.from(signature, 'base64url'))
    const { exp = 0, iss } = signed ? JSON.parse(Buffer.from(claims, 'base64url').toString()) : {}
    if (!signed || exp * 1000 < Date.now() || iss !== 'gateway@a-project.iam.gserviceaccount.com')
      throw new ServiceError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
  }

  protected handle(request: IncomingMessage, body: string): unknown {
    this.#verify(request)
    const url = new URL(request.url ?? '', this.url)
    const [, named = '', version, verb] =
      /^\/v1\/projects\/a-project\/secrets(?:\/([\w-]+))?(?:\/versions\/(\w+))?(?::(\w+))?$/.exec(url.pathname) ?? []
    const name = named || (url.searchParams.get('secretId') ?? '')
    const operation = `${request.method} ${verb ?? (version === undefined ? 'secret' : 'version')}`
    this.act(operation, name)
    const path = `projects/a-project/secrets/${name}`
    if (operation === 'POST secret') {
      if (this.secrets.has(name)) throw new ServiceError(409, 'ALREADY_EXISTS')
      this.secrets.set(name, [])
      return { name: path }
    }
    const versions = this.secrets.get(name)
    if (versions === undefined) throw new ServiceError(404, 'NOT_FOUND', `Secret [${path}] not found.`)
    const found = this.newest(name)
    switch (operation) {
      case 'POST addVersion': {
        const data = JSON.parse(body).payload.data as string
        const added = this.add(name, Buffer.from(data, 'base64').toString(), `${versions.length + 1}` as never)
        return { name: `${path}/versions/${added.id}`, state: 'ENABLED' }
      }
      case 'POST destroy':
        return { name: `${path}/versions/${version}`, state: 'DESTROYED' }
      case 'GET version':
      case 'GET access':
        if (found === undefined) throw new ServiceError(404, 'NOT_FOUND')
        return {
          name: `${path}/versions/${found.id}`,
          state: 'ENABLED',
          payload: { data: Buffer.from(found.value).toString('base64') },
        }
      case 'DELETE secret':
        this.secrets.delete(name)
        return {}
      default:
        throw new ServiceError(400, 'INVALID_ARGUMENT', operation)
    }
  }
}

/** Vault's KV engine of version 2, for an AppRole whose tokens come to their end. */
export class VaultServer extends SecretService {
  protected readonly contentType = 'application/json'
  readonly roleId = 'role-of-the-gateway'
  readonly secretId = 'secret-id-of-the-gateway'
  #token = ''

  /** Tokens that were given count no more. */
  endTokens(): void {
    this.#token = ''
  }

  protected describe(_status: number, _name: string, message: string): unknown {
    return { errors: [message] }
  }

  protected handle(request: IncomingMessage, body: string): unknown {
    const [, , mount = '', kind, ...rest] = (request.url ?? '').split('/')
    if (mount === 'auth') {
      const { role_id, secret_id } = JSON.parse(body)
      if (role_id !== this.roleId || secret_id !== this.secretId) throw new ServiceError(400, 'x', 'invalid role or secret ID')
      this.#token = `s.${randomUUID()}`
      return { auth: { client_token: this.#token, lease_duration: 3600 } }
    }
    if (this.#token === '' || request.headers['x-vault-token'] !== this.#token)
      throw new ServiceError(403, 'x', 'permission denied')
    const name = rest.join('/')
    this.act(`${request.method} ${kind}`, name)
    const numbered = (at = this.newest(name)) => (at === undefined ? -1 : (this.secrets.get(name) ?? []).indexOf(at)) + 1
    if (request.method === 'POST') {
      const added = this.add(name, JSON.parse(body).data.value)
      return { data: { version: numbered(added) } }
    }
    if (request.method === 'DELETE') {
      this.secrets.delete(name)
      return null
    }
    const found = this.newest(name)
    if (found === undefined) throw new ServiceError(404, 'x', 'not found')
    if (kind === 'metadata') return { data: { current_version: numbered(), versions: { [numbered()]: { destroyed: false } } } }
    return { data: { data: { value: found.value }, metadata: { version: numbered() } } }
  }
}
