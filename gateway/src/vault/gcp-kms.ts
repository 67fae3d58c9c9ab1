import { setTimeout as delay } from 'node:timers/promises'
import { ConfigError } from '../config.ts'
import { importOptional, RootKeyError } from './root-key-error.ts'
import type { KeyContext, RootKey } from './types.ts'

/** For one answer of the service; it takes milliseconds. */
const answerTimeoutMs = 5_000
/** The client's own repetitions go on until the time is up, and then tell of the time only, not of what was wrong. */
const callOptions = { timeout: answerTimeoutMs, retry: null }
const attempts = 3
/** Before the second attempt; doubled before the third. */
const firstBackoffMs = 200

const keyForm = /^projects\/[\w.:-]+\/locations\/[\w-]+\/keyRings\/[\w-]+\/cryptoKeys\/[\w-]+$/

/** Codes of gRPC, which the service uses over REST as well. */
const invalidArgument = 3
const unavailable = 14

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

async function repeated<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      if (codeOf(error) !== unavailable || attempt + 1 === attempts) throw error
      await delay(firstBackoffMs * 2 ** attempt)
    }
  }
}

/** What it means to an operator. The messages of the service name keys and projects, but no secrets. */
function explain(root: string, error: unknown): RootKeyError {
  const said = error instanceof Error ? error.message : String(error)
  switch (codeOf(error)) {
    case 7:
      return new RootKeyError(
        `${root}: Google Cloud KMS denies it (${said}). Give this gateway the role Cloud KMS CryptoKey Encrypter/Decrypter on the key.`,
      )
    case 5:
      return new RootKeyError(`${root}: Google Cloud KMS knows no such key (${said}).`)
    case 9:
      return new RootKeyError(`${root}: the key cannot be used (${said}). Enable its primary version.`)
    case 16:
      return new RootKeyError(`${root}: Google Cloud does not accept the credentials of this gateway (${said}).`)
    case 8:
      return new RootKeyError(`${root}: Google Cloud KMS has too many requests (${said}). Try again later, or raise the quota.`)
    case 4:
      return new RootKeyError(`${root}: Google Cloud KMS did not answer in time.`)
    default:
      return new RootKeyError(`${root}: Google Cloud KMS cannot be used (${said}).`)
  }
}

interface Endpoint {
  readonly apiEndpoint: string
  readonly port: number
  readonly protocol: string
}

/** Another address of the service, such as a private one; null for what is none. */
function parseEndpoint(text: string): Endpoint | null {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '') return null
  const protocol = url.protocol.slice(0, -1)
  return { apiEndpoint: url.hostname, port: Number(url.port || (protocol === 'https' ? 443 : 80)), protocol }
}

/**
 * A root key in Google Cloud KMS: `projects/…/cryptoKeys/KEY[?endpoint=URL]`. Credentials come from the standard settings
 * of Google's libraries. Over REST: gRPC would keep a channel open for a request an hour.
 */
export async function openGcpKms(setting: string, reference: string): Promise<RootKey> {
  const [key = '', query = ''] = reference.split('?', 2)
  const options = new URLSearchParams(query)
  const other = options.get('endpoint')
  const endpoint = other === null ? {} : parseEndpoint(other)
  if (!keyForm.test(key) || endpoint === null || [...options.keys()].some((name) => name !== 'endpoint')) {
    throw new ConfigError(
      `${setting} must name a key of Google Cloud KMS as gcp-kms:projects/…/locations/…/keyRings/…/cryptoKeys/…, with ?endpoint=https://… if need be.`,
    )
  }
  const kms = await importOptional(() => import('@google-cloud/kms'), '@google-cloud/kms', '6.3.0')
  const client = new kms.KeyManagementServiceClient({ fallback: true, ...endpoint })
  const name = `gcp-kms:${reference}`
  // Asked here: the client would ask for its credentials beside the first request, and a failure there ends the process.
  await client.initialize().catch((error: unknown) => {
    const said = error instanceof Error ? error.message : String(error)
    throw new RootKeyError(`${name}: there are no credentials for Google Cloud (${said}). Set GOOGLE_APPLICATION_CREDENTIALS.`)
  })
  const contextOf = ({ workspace, keyId }: KeyContext) =>
    Buffer.from(JSON.stringify(['sallyport workspace key', workspace, keyId]))
  const bytes = (value: Uint8Array | string | null | undefined): Buffer | null =>
    value === null || value === undefined || value.length === 0
      ? null
      : typeof value === 'string'
        ? Buffer.from(value, 'base64')
        : Buffer.from(value)
  return {
    name,
    async wrap(context, plaintext) {
      const request = { name: key, plaintext, additionalAuthenticatedData: contextOf(context) }
      const [answer] = await repeated(() => client.encrypt(request, callOptions)).catch((error: unknown) => {
        throw explain(name, error)
      })
      const ciphertext = bytes(answer.ciphertext)
      if (ciphertext === null) throw new RootKeyError(`${name}: Google Cloud KMS answered without a ciphertext.`)
      return ciphertext
    },
    async unwrap(context, ciphertext) {
      const request = { name: key, ciphertext, additionalAuthenticatedData: contextOf(context) }
      try {
        const [answer] = await repeated(() => client.decrypt(request, callOptions))
        return bytes(answer.plaintext)
      } catch (error) {
        if (codeOf(error) === invalidArgument) return null
        throw explain(name, error)
      }
    },
  }
}
