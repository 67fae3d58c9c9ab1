import { Readable } from 'node:stream'
import { reveal, Secret } from '../../secret.ts'
import { type Egress, EgressError } from '../types.ts'
import { faultOf } from './faults.ts'
import { importOptional } from './import-optional.ts'
import { type AwsPlace, answerTimeoutMs, maxAnswerBytes, type SecretManager, SecretManagerError } from './types.ts'

export interface AwsCredential {
  readonly accessKeyId: Secret
  readonly secretAccessKey: Secret
  readonly sessionToken?: Secret | undefined
}

/** What the SDK has made and signed. */
interface SignedRequest {
  readonly method: string
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** What the SDK has signed goes through the one door, and to nowhere but the address that it signed. Its requests have no query. */
function throughTheDoor(egress: Egress) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: SignedRequest) {
      const { method, protocol, hostname, port, path, body } = request
      const { host: _, 'content-length': __, authorization = '', ...others } = request.headers
      const answer = await egress.request({
        door: 'secret_manager',
        method,
        url: `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`,
        headers: { ...others, authorization: new Secret(authorization) },
        body: new Secret(String(body ?? '')),
        timeoutMs: answerTimeoutMs,
        maxResponseBytes: maxAnswerBytes,
      })
      const { status: statusCode, headers } = answer
      return { response: { statusCode, headers: { ...headers }, body: Readable.from([answer.body]) } }
    },
  }
}

const throttling = /^(ThrottlingException|TooManyRequestsException|LimitExceededException|Throttling|RequestLimitExceeded)$/
const denying =
  /^(AccessDenied(Exception)?|InvalidSignatureException|UnrecognizedClientException|IncompleteSignatureException|ExpiredToken(Exception)?|InvalidClientTokenId|CredentialsProviderError|SignatureDoesNotMatch)$/

function explain(error: unknown): SecretManagerError {
  if (error instanceof SecretManagerError) return error
  if (error instanceof EgressError) return faultOf(error)
  const name = error instanceof Error ? error.name : 'unknown'
  const said = error instanceof Error ? error.message : String(error)
  const status =
    error instanceof Error && '$metadata' in error ? Number(Object(error.$metadata).httpStatusCode ?? Number.NaN) : Number.NaN
  const fault = throttling.test(name)
    ? 'throttled'
    : denying.test(name)
      ? 'denied'
      : status >= 500 || /^(InternalServiceError|TimeoutError|AbortError)$/.test(name)
        ? 'unavailable'
        : 'refused'
  return new SecretManagerError(fault, `AWS Secrets Manager: ${name}: ${said}`, error)
}

/**
 * AWS Secrets Manager by its own SDK. Without `egress` the SDK has sockets of its own, and without `credential` it looks for
 * one where it always does: that is for a workload in its own account, never for the gateway.
 */
export async function openAws(place: AwsPlace, credential: AwsCredential | null, egress: Egress | null): Promise<SecretManager> {
  const sdk = await importOptional(() => import('@aws-sdk/client-secrets-manager'), '@aws-sdk/client-secrets-manager', '3.1162.0')
  const { region } = place
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  const client = new sdk.SecretsManagerClient({
    region,
    endpoint: place.endpoint ?? `https://secretsmanager.${region}.${domain}`,
    // The outbox tries again, later each time.
    maxAttempts: egress === null ? 3 : 1,
    ...(egress !== null && { requestHandler: throughTheDoor(egress) }),
    ...(credential !== null && {
      credentials: {
        accessKeyId: reveal(credential.accessKeyId),
        secretAccessKey: reveal(credential.secretAccessKey),
        ...(credential.sessionToken !== undefined && { sessionToken: reveal(credential.sessionToken) }),
      },
    }),
  })
  const absent = (error: unknown): boolean => error instanceof sdk.ResourceNotFoundException
  /** It waits for its deletion: it is there, but nothing can be read of it. */
  const dying = (error: unknown): boolean =>
    error instanceof sdk.InvalidRequestException && /deletion|deleted/i.test(error.message)
  const put = (name: string, value: Secret) =>
    client.send(new sdk.PutSecretValueCommand({ SecretId: name, SecretString: reveal(value) }))

  async function make(name: string, value: Secret): Promise<string | undefined> {
    try {
      const made = await client.send(
        new sdk.CreateSecretCommand({
          Name: name,
          SecretString: reveal(value),
          Description: 'Written by Sallyport: changes made here are found and shown there.',
          Tags: [{ Key: 'managed-by', Value: 'sallyport' }],
        }),
      )
      return made.VersionId
    } catch (error) {
      if (!(error instanceof sdk.ResourceExistsException) && !dying(error)) throw error
      if (dying(error)) await client.send(new sdk.RestoreSecretCommand({ SecretId: name }))
      return (await put(name, value)).VersionId
    }
  }

  return {
    async write(name, value) {
      try {
        const version = await put(name, value).then(
          ({ VersionId }) => VersionId,
          (error: unknown) => {
            if (absent(error) || dying(error)) return make(name, value)
            throw error
          },
        )
        if (version === undefined) throw new SecretManagerError('refused', 'AWS Secrets Manager answered without a version.')
        return version
      } catch (error) {
        throw explain(error)
      }
    },

    async read(name) {
      try {
        const { SecretString, VersionId } = await client.send(new sdk.GetSecretValueCommand({ SecretId: name }))
        return SecretString === undefined || VersionId === undefined
          ? null
          : { value: new Secret(SecretString), version: VersionId }
      } catch (error) {
        if (absent(error) || dying(error)) return null
        throw explain(error)
      }
    },

    async version(name) {
      try {
        const { DeletedDate, VersionIdsToStages = {} } = await client.send(new sdk.DescribeSecretCommand({ SecretId: name }))
        if (DeletedDate !== undefined) return null
        return Object.entries(VersionIdsToStages).find(([, stages]) => stages?.includes('AWSCURRENT'))?.[0] ?? null
      } catch (error) {
        if (absent(error)) return null
        throw explain(error)
      }
    },

    async remove(name) {
      try {
        // What was revoked is not to be had back for a month.
        await client.send(new sdk.DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }))
      } catch (error) {
        if (!absent(error)) throw explain(error)
      }
    },
  }
}
