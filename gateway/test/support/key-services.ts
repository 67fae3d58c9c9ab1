import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An error as the service answers it. */
class ServiceError extends Error {
  readonly status: number
  constructor(status: number, name: string, message: string) {
    super(message)
    this.status = status
    this.name = name
  }
}

/** What a key of a key management service does: material in versions, ciphertexts that name theirs. */
class ServiceKey {
  readonly versions: (Buffer | null)[] = [randomBytes(32)]
  disabled = false

  /** From now on another version encrypts. */
  rotate(): void {
    this.versions.push(randomBytes(32))
  }

  encrypt(name: string, plaintext: Buffer, context: string): Buffer {
    const version = this.versions.length - 1
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.versions[version] as Buffer, iv).setAAD(Buffer.from(context))
    const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()])
    const head = Buffer.from(`${name}\n${version}\n`)
    return Buffer.concat([Buffer.from([head.length]), head, iv, cipher.getAuthTag(), sealed])
  }

  /** Null when the bytes are none of this version and context. Throws RangeError for a version that was destroyed. */
  decrypt(version: number, rest: Buffer, context: string): Buffer | null {
    const material = this.versions[version]
    if (material === null) throw new RangeError('destroyed')
    if (material === undefined || rest.length < 28) return null
    try {
      const decipher = createDecipheriv('aes-256-gcm', material, rest.subarray(0, 12)).setAAD(Buffer.from(context))
      decipher.setAuthTag(rest.subarray(12, 28))
      return Buffer.concat([decipher.update(rest.subarray(28)), decipher.final()])
    } catch {
      return null
    }
  }
}

function open(blob: Buffer): { name: string; version: number; rest: Buffer } | null {
  const length = blob[0] ?? 0
  const [name, version] = blob
    .subarray(1, 1 + length)
    .toString()
    .split('\n')
  if (name === undefined || version === undefined || !/^\d+$/.test(version)) return null
  return { name, version: Number(version), rest: blob.subarray(1 + length) }
}

/** A key management service on loopback. */
abstract class KeyService {
  readonly keys = new Map<string, ServiceKey>()
  /** Requests so far. */
  requests = 0
  /** Takes the place of the service's own answer, for all that is wrong with one. */
  instead: ((response: ServerResponse) => void) | null = null
  denied = false
  /** The request with this number is the first to be denied. */
  deniedFrom = Number.POSITIVE_INFINITY
  readonly #server = createServer((request, response) => {
    this.requests++
    void this.#answer(request, response)
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

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    if (this.instead !== null) return this.instead(response)
    if (this.requests >= this.deniedFrom) this.denied = true
    try {
      const body = JSON.stringify(this.handle(request, text))
      response.writeHead(200, { 'content-type': this.contentType }).end(body)
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      response.writeHead(error.status, { 'content-type': this.contentType }).end(JSON.stringify(this.describe(error)))
    }
  }

  protected abstract readonly contentType: string
  protected abstract handle(request: IncomingMessage, body: string): unknown
  protected abstract describe(error: ServiceError): unknown
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

/** AWS KMS, as far as Encrypt and Decrypt go: JSON 1.1, with requests signed by Signature Version 4. */
export class AwsKms extends KeyService {
  protected readonly contentType = 'application/x-amz-json-1.1'
  readonly #secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'

  /** The settings by which the SDK finds it, and looks nowhere else. */
  get env(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL_KMS: this.url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: this.#secret,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    }
  }

  protected describe({ name, message }: ServiceError): unknown {
    return { __type: name, message }
  }

  #checkSignature(request: IncomingMessage, body: string): void {
    const authorization = request.headers.authorization ?? ''
    const [, day = '', region = '', names = '', signature = ''] =
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/(\d{8})\/([a-z0-9-]+)\/kms\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/.exec(
        authorization,
      ) ?? []
    const headers = names.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}\n`)
    const canonical = `POST\n/\n\n${headers.join('')}\n${names}\n${sha256(body)}`
    const scope = `${day}/${region}/kms/aws4_request`
    const toSign = `AWS4-HMAC-SHA256\n${request.headers['x-amz-date']}\n${scope}\n${sha256(canonical)}`
    const key = [region, 'kms', 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${this.#secret}`, day))
    const expected = hmac(key, toSign)
    if (signature === '' || !timingSafeEqual(expected, Buffer.from(signature, 'hex')))
      throw new ServiceError(400, 'InvalidSignatureException', 'The request signature we calculated does not match.')
  }

  protected handle(request: IncomingMessage, body: string): unknown {
    this.#checkSignature(request, body)
    const asked = JSON.parse(body) as Record<string, string> & { EncryptionContext?: Record<string, string> }
    const KeyId = asked.KeyId ?? ''
    const operation = String(request.headers['x-amz-target']).replace('TrentService.', '')
    if (this.denied) throw new ServiceError(400, 'AccessDeniedException', `User is not authorized to perform: kms:${operation}`)
    const key = this.keys.get(KeyId)
    if (key === undefined) throw new ServiceError(400, 'NotFoundException', `Alias ${KeyId} is not found.`)
    if (key.disabled) throw new ServiceError(400, 'DisabledException', `${KeyId} is disabled.`)
    const context = JSON.stringify(Object.entries(asked.EncryptionContext ?? {}).sort())
    if (operation === 'Encrypt') {
      const blob = key.encrypt(KeyId, Buffer.from(asked.Plaintext ?? '', 'base64'), context)
      return { CiphertextBlob: blob.toString('base64'), KeyId, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' }
    }
    const sealed = open(Buffer.from(asked.CiphertextBlob ?? '', 'base64'))
    if (sealed === null) throw new ServiceError(400, 'InvalidCiphertextException', '')
    if (sealed.name !== KeyId)
      throw new ServiceError(400, 'IncorrectKeyException', 'The key ID in the request does not identify a CMK that can decrypt.')
    const plaintext = key.decrypt(sealed.version, sealed.rest, context)
    if (plaintext === null) throw new ServiceError(400, 'InvalidCiphertextException', '')
    return { Plaintext: plaintext.toString('base64'), KeyId, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' }
  }
}

/** Cloud KMS over REST, as far as encrypt and decrypt go, for a service account that signs its tokens itself. */
export class GcpKms extends KeyService {
  protected readonly contentType = 'application/json'
  readonly #public: KeyObject
  /** What the service account's file holds. */
  readonly account: string

  constructor() {
    super()
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    this.#public = publicKey
    this.account = JSON.stringify({
      type: 'service_account',
      project_id: 'p',
      private_key_id: 'k1',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: 'gateway@p.iam.gserviceaccount.com',
      client_id: '1',
    })
  }

  /** A root key setting for one of its keys. */
  setting(name: string): string {
    return `gcp-kms:${name}?endpoint=${this.url}`
  }

  protected describe({ status, name, message }: ServiceError): unknown {
    return { error: { code: status, message, status: name } }
  }

  #checkToken(request: IncomingMessage): void {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const [head = '', claims = '', signature = ''] = token.split('.')
    const signed = verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), this.#public, Buffer.from(signature, 'base64url'))
    if (!signed) throw new ServiceError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
  }

  protected handle(request: IncomingMessage, body: string): unknown {
    this.#checkToken(request)
    const [, name = '', operation] = /^\/v1\/(projects\/[^:]+):(encrypt|decrypt)\b/.exec(request.url ?? '') ?? []
    if (this.denied)
      throw new ServiceError(403, 'PERMISSION_DENIED', `Permission 'cloudkms.cryptoKeyVersions.useTo${operation}' denied.`)
    const key = this.keys.get(name)
    if (key === undefined) throw new ServiceError(404, 'NOT_FOUND', `CryptoKey ${name} not found.`)
    if (key.disabled) throw new ServiceError(400, 'FAILED_PRECONDITION', `${name}/cryptoKeyVersions/1 is not enabled.`)
    const asked = JSON.parse(body) as Record<string, string>
    const context = asked.additionalAuthenticatedData ?? ''
    if (operation === 'encrypt') {
      const blob = key.encrypt(name, Buffer.from(asked.plaintext ?? '', 'base64'), context)
      return { name: `${name}/cryptoKeyVersions/${key.versions.length}`, ciphertext: blob.toString('base64') }
    }
    const invalid = new ServiceError(400, 'INVALID_ARGUMENT', 'Decryption failed: the ciphertext is invalid.')
    const sealed = open(Buffer.from(asked.ciphertext ?? '', 'base64'))
    if (sealed === null || sealed.name !== name) throw invalid
    try {
      const plaintext = key.decrypt(sealed.version, sealed.rest, context)
      if (plaintext === null) throw invalid
      return { plaintext: plaintext.toString('base64') }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      const message = `${name}/cryptoKeyVersions/${sealed.version + 1} is not enabled, current state is: DESTROYED.`
      throw new ServiceError(400, 'FAILED_PRECONDITION', message)
    }
  }
}

/** Makes a key by this name. */
export function addKey(service: AwsKms | GcpKms, name: string): ServiceKey {
  const key = new ServiceKey()
  service.keys.set(name, key)
  return key
}
