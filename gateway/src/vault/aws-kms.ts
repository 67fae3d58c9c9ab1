import type { KMSClientConfig } from '@aws-sdk/client-kms'
import { ConfigError } from '../config.ts'
import { importOptional, RootKeyError } from './root-key-error.ts'
import type { KeyContext, RootKey } from './types.ts'

/** For one answer of the service; it takes milliseconds. */
const answerTimeoutMs = 5_000
/** For all attempts together. */
const totalTimeoutMs = 15_000
const attempts = 4

const keyForm =
  /^(?:arn:aws[a-z-]*:kms:(?<region>[a-z0-9-]+):\d{12}:(?:key|alias)\/[\w/-]+|alias\/[\w/-]+|(?:mrk-)?[0-9a-f-]{32,36})$/

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

/** What it means to an operator. The messages of the service itself name keys and accounts, but no secrets. */
function explain(root: string, error: unknown): RootKeyError {
  const name = nameOf(error)
  const said = error instanceof Error ? error.message : String(error)
  switch (name) {
    case 'AccessDeniedException':
      return new RootKeyError(
        `${root}: AWS KMS denies it (${said}). Allow kms:Encrypt and kms:Decrypt on the key to this gateway.`,
      )
    case 'NotFoundException':
      return new RootKeyError(`${root}: AWS KMS knows no such key in this account and region (${said}).`)
    case 'DisabledException':
    case 'KMSInvalidStateException':
    case 'KeyUnavailableException':
      return new RootKeyError(`${root}: the key cannot be used (${said}). Enable it, or cancel its deletion.`)
    case 'InvalidSignatureException':
    case 'UnrecognizedClientException':
    case 'IncompleteSignatureException':
    case 'ExpiredTokenException':
    case 'CredentialsProviderError':
      return new RootKeyError(`${root}: AWS does not accept the credentials of this gateway (${said}).`)
    case 'ThrottlingException':
    case 'LimitExceededException':
      return new RootKeyError(`${root}: AWS KMS has too many requests (${said}). Try again later, or raise the quota.`)
    case 'AbortError':
    case 'TimeoutError':
    case 'DependencyTimeoutException':
      return new RootKeyError(`${root}: AWS KMS did not answer in time.`)
    default:
      if (/^Region is missing/.test(said))
        return new RootKeyError(`${root}: the region is not known. Set AWS_REGION, or add ?region=…`)
      return new RootKeyError(`${root}: AWS KMS cannot be used (${name}: ${said}).`)
  }
}

/**
 * A root key in AWS KMS: `KEY[?region=REGION]`, where KEY is an ARN, an alias or an id. Credentials, region and endpoint
 * come from the standard settings of the AWS SDK.
 */
export async function openAwsKms(setting: string, reference: string): Promise<RootKey> {
  const [KeyId = '', query = ''] = reference.split('?', 2)
  const options = new URLSearchParams(query)
  const match = keyForm.exec(KeyId)
  if (match === null || [...options.keys()].some((name) => name !== 'region'))
    throw new ConfigError(
      `${setting} must name a key of AWS KMS as aws-kms:ARN or aws-kms:alias/NAME, with ?region=… if need be.`,
    )
  const region = options.get('region') ?? match.groups?.region
  const kms = await importOptional(() => import('@aws-sdk/client-kms'), '@aws-sdk/client-kms', '3.1162.0')
  const config: KMSClientConfig = {
    maxAttempts: attempts,
    requestHandler: { connectionTimeout: answerTimeoutMs, requestTimeout: answerTimeoutMs, throwOnRequestTimeout: true },
    ...(region === undefined ? {} : { region }),
  }
  const client = new kms.KMSClient(config)
  const name = `aws-kms:${reference}`
  const contextOf = ({ workspace, keyId }: KeyContext) => ({ purpose: 'sallyport workspace key', workspace, key: keyId })
  return {
    name,
    async wrap(context, key) {
      const command = new kms.EncryptCommand({ KeyId, Plaintext: key, EncryptionContext: contextOf(context) })
      try {
        const { CiphertextBlob } = await client.send(command, { abortSignal: AbortSignal.timeout(totalTimeoutMs) })
        if (CiphertextBlob !== undefined) return Buffer.from(CiphertextBlob)
      } catch (error) {
        throw explain(name, error)
      }
      throw new RootKeyError(`${name}: AWS KMS answered without a ciphertext.`)
    },
    async unwrap(context, wrapped) {
      const command = new kms.DecryptCommand({ KeyId, CiphertextBlob: wrapped, EncryptionContext: contextOf(context) })
      try {
        const { Plaintext } = await client.send(command, { abortSignal: AbortSignal.timeout(totalTimeoutMs) })
        return Plaintext === undefined ? null : Buffer.from(Plaintext)
      } catch (error) {
        if (error instanceof kms.InvalidCiphertextException || error instanceof kms.IncorrectKeyException) return null
        throw explain(name, error)
      }
    },
  }
}
