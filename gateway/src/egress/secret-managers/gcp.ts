import { reveal, Secret } from '../../secret.ts'
import { createFetch } from '../fetch.ts'
import type { Egress } from '../types.ts'
import { importOptional } from './import-optional.ts'
import { answerTimeoutMs, type GcpPlace, maxAnswerBytes, type SecretManager, SecretManagerError } from './types.ts'

export interface GcpCredential {
  readonly email: string
  readonly privateKey: Secret
}

const callOptions = { timeout: answerTimeoutMs, retry: null }

/** Codes of gRPC, which the service uses over REST as well. */
const code = { notFound: 5, exists: 6, denied: 7, exhausted: 8, precondition: 9, unauthenticated: 16 } as const

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function explain(error: unknown): SecretManagerError {
  if (error instanceof SecretManagerError) return error
  const said = `Google Secret Manager: ${error instanceof Error ? error.message : String(error)}`
  switch (codeOf(error)) {
    case code.denied:
    case code.unauthenticated:
      return new SecretManagerError('denied', said, error)
    case code.exhausted:
      return new SecretManagerError('throttled', said, error)
    case 3:
    case code.precondition:
    case code.notFound:
      return new SecretManagerError('refused', said, error)
    default:
      return new SecretManagerError('unavailable', said, error)
  }
}

function endpointOf({ endpoint }: GcpPlace) {
  if (endpoint === undefined) return {}
  const { hostname, port, protocol } = new URL(endpoint)
  return {
    apiEndpoint: hostname,
    port: Number(port || (protocol === 'https:' ? 443 : 80)),
    protocol: protocol.slice(0, -1),
  }
}

/**
 * Google Secret Manager by its own client, over REST. Without `egress` the client has sockets of its own, and without
 * `credential` it looks for one where it always does: that is for a workload in its own project, never for the gateway.
 */
export async function openGcp(place: GcpPlace, credential: GcpCredential | null, egress: Egress | null): Promise<SecretManager> {
  const sdk = await importOptional(() => import('@google-cloud/secret-manager'), '@google-cloud/secret-manager', '7.2.0')
  const client = new sdk.SecretManagerServiceClient({
    fallback: true,
    projectId: place.project,
    ...endpointOf(place),
    ...(credential !== null && {
      credentials: { client_email: credential.email, private_key: reveal(credential.privateKey) },
    }),
    ...(egress !== null && {
      clientOptions: {
        transporterOptions: {
          fetchImplementation: createFetch(egress, {
            door: 'secret_manager',
            timeoutMs: answerTimeoutMs,
            maxResponseBytes: maxAnswerBytes,
          }),
        },
      },
    }),
  })
  // Asked here: a failure beside the first request would end the process.
  await client.initialize().catch((error: unknown) => {
    throw new SecretManagerError('denied', `Google Secret Manager: ${error instanceof Error ? error.message : String(error)}`)
  })
  const parent = `projects/${place.project}`
  const pathOf = (name: string) => `${parent}/secrets/${name}`
  const newest = (name: string) => `${pathOf(name)}/versions/latest`
  const numberOf = (name: string | null | undefined): string | null => /\/versions\/(\d+)$/.exec(name ?? '')?.[1] ?? null

  async function add(name: string, value: Secret): Promise<string> {
    const data = Buffer.from(reveal(value))
    const [added] = await client.addSecretVersion({ parent: pathOf(name), payload: { data } }, callOptions)
    const version = numberOf(added.name)
    if (version === null) throw new SecretManagerError('refused', 'Google Secret Manager answered without a version.')
    return version
  }

  return {
    async write(name, value, before) {
      try {
        const version = await add(name, value).catch(async (error: unknown) => {
          if (codeOf(error) !== code.notFound) throw error
          const secret = { replication: { automatic: {} }, labels: { 'managed-by': 'sallyport' } }
          await client.createSecret({ parent, secretId: name, secret }, callOptions).catch((made: unknown) => {
            if (codeOf(made) !== code.exists) throw made
          })
          return add(name, value)
        })
        // What was replaced is good for nothing more. Somebody else may have destroyed it, or the role may not allow it.
        if (before !== null && before !== version)
          await client.destroySecretVersion({ name: `${pathOf(name)}/versions/${before}` }, callOptions).catch(() => {})
        return version
      } catch (error) {
        throw explain(error)
      }
    },

    async read(name) {
      try {
        const [found] = await client.accessSecretVersion({ name: newest(name) }, callOptions)
        const data = found.payload?.data
        const version = numberOf(found.name)
        if (data === null || data === undefined || version === null) return null
        const text = typeof data === 'string' ? Buffer.from(data, 'base64').toString() : Buffer.from(data).toString()
        return { value: new Secret(text), version }
      } catch (error) {
        // Its newest version was disabled or destroyed: nothing can be read.
        if (codeOf(error) === code.notFound || codeOf(error) === code.precondition) return null
        throw explain(error)
      }
    },

    async version(name) {
      try {
        const [found] = await client.getSecretVersion({ name: newest(name) }, callOptions)
        return found.state === 'ENABLED' || found.state === 1 ? numberOf(found.name) : null
      } catch (error) {
        if (codeOf(error) === code.notFound) return null
        throw explain(error)
      }
    },

    async remove(name) {
      try {
        await client.deleteSecret({ name: pathOf(name) }, callOptions)
      } catch (error) {
        if (codeOf(error) !== code.notFound) throw explain(error)
      }
    },
  }
}
