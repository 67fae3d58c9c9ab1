import type { Transaction } from 'kysely'
import { Compile } from 'typebox/compile'
import { AuthScheme } from '../definition/document.ts'
import type { CompiledConnector, Settings } from '../definition/types.ts'
import { needsSocket } from '../egress/doors.ts'
import { createRedactor, type Redactor } from '../egress/redact.ts'
import { EgressError, type OnPremisesCredential, type Passage } from '../egress/types.ts'
import { SallyportError } from '../errors.ts'
import type { ConnectionRow, Database } from '../store/schema.ts'
import { fieldsOf, inject, secretsOf } from './schemes/credential.ts'
import { schemeOf } from './schemes/registry.ts'
import type { AgentSecretNames, CredentialFields, Injection } from './schemes/types.ts'

/**
 * Credentials of which the gateway knows the name only: an agent in a private network has the value, and puts it in by the same
 * code that the gateway uses for the others.
 */

const secretName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/

const refuse = (detail: string): never => {
  throw new SallyportError('INVALID_INPUT', { detail })
}

/** Throws INVALID_INPUT for what does not go by HTTP over the door: only that travels through an agent. */
export function requireHttp(
  { id, document }: Pick<CompiledConnector, 'id' | 'document'>,
  scheme: AuthScheme,
  network: string | null,
): void {
  if (network === null) return
  if (needsSocket(document.builtin?.type) || document.mcp?.program !== undefined)
    refuse(`"${id}" opens connections that are no HTTP, and only HTTP travels through a private network.`)
  if (scheme.type === 'mcp_oauth')
    refuse(
      'People sign in at an MCP server straight from the gateway. Through a private network give the server a token instead.',
    )
}

/** Throws INVALID_INPUT unless each names a secret field of the scheme, and an agent can do with the scheme what the gateway would. */
export function checkAgentSecrets(scheme: AuthScheme, names: AgentSecretNames, network: string | null): void {
  if (Object.keys(names).length === 0) return
  if (network === null) refuse('agent_secrets: the agents of a private network have them. Say which as network.')
  if (schemeOf(scheme).obtainer !== undefined)
    refuse('An agent puts in what is entered; this scheme obtains its credential from a server, which the gateway does.')
  if (scheme.type === 'conn_string' || scheme.type === 'secrets')
    refuse('Credentials that code gets, or that are read apart when they are entered, cannot stay with an agent.')
  const fields = fieldsOf(scheme)
  for (const [field, name] of Object.entries(names)) {
    if (!fields.some((each) => each.name === field && each.secret))
      refuse(
        `agent_secrets: "${field}" is no secret field of this scheme. It has: ${
          fields
            .filter(({ secret }) => secret)
            .map((each) => each.name)
            .join(', ') || 'none'
        }.`,
      )
    if (!secretName.test(name))
      refuse(`agent_secrets: "${name.slice(0, 100)}" is no name of a secret: letters, digits, ".", "_" and "-".`)
  }
}

/** Locks it against being deleted meanwhile. Throws INVALID_INPUT when the workspace has none of this id. */
export async function requireNetwork(db: Transaction<Database>, workspaceId: string, id: string | null): Promise<void> {
  if (id === null) return
  const found = await db
    .selectFrom('networks')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .forKeyShare()
    .executeTakeFirst()
  if (found === undefined) refuse(`There is no private network "${id.slice(0, 100)}" in this workspace.`)
}

/** As much of a connection as its credential depends on. */
interface Subject {
  readonly id: string
  readonly scheme: AuthScheme
  readonly settings: Settings
  readonly connector: { readonly settingDefaults: Settings }
  readonly credential: { readonly version: number } | null
  readonly credentialVersion: number
  readonly agentSecrets: AgentSecretNames
}

/** What the agent is told, with the fields that were entered here. */
function onPremisesOf(connection: Subject, fields: CredentialFields): OnPremisesCredential {
  const { id, scheme, settings, connector, credentialVersion, agentSecrets: secrets } = connection
  return {
    owner: `${id}/${credentialVersion}`,
    scheme,
    fields,
    secrets,
    settings: { ...connector.settingDefaults, ...settings },
  }
}

/**
 * Where the credential of a connection goes. With a secret that only agents have it is all their work: what else is put in may
 * depend on it, as a signature does.
 */
export function injectionOf(connection: Subject, fields: CredentialFields): Injection {
  if (Object.keys(connection.agentSecrets).length === 0) return inject(connection, fields)
  return { headers: {}, query: {}, onPremises: onPremisesOf(connection, fields) }
}

const schemeSchema = Compile(AuthScheme)

/** Of a request in the agent. */
export interface Applied {
  readonly injection: Injection
  readonly redactor: Redactor
}

/** On the agent: the injection of a credential, its secrets filled in. Throws EgressError `agent_credential`. */
export function applyOnPremises(
  credential: Omit<OnPremisesCredential, 'fields'>,
  known: CredentialFields,
  values: CredentialFields,
): Applied {
  const { scheme, owner, settings } = credential
  const refuse = (why: string) => new EgressError('agent_credential', false, why)
  if (!schemeSchema.Check(scheme)) throw refuse('The agent does not know this auth scheme. Update the agent.')
  const fields = { ...known, ...values }
  const missing = fieldsOf(scheme).find(({ name, required }) => required && fields[name] === undefined)
  if (missing !== undefined) throw refuse(`The credential lacks "${missing.name}".`)
  const connection = { id: owner, scheme, connector: { settingDefaults: {} }, settings, credential: { version: 1 } }
  return { injection: inject(connection, fields), redactor: createRedactor(secretsOf(scheme, fields)) }
}

/** A text of an answer without the secrets: JSON stays JSON. */
export function cleanBody(body: Buffer, redactor: Redactor): Buffer {
  if (body.length === 0 || !redactor.suspectsBytes(body)) return body
  const text = body.toString('utf8')
  // Bytes that are no text: a secret cannot be taken out of the middle of them.
  if (Buffer.byteLength(text, 'utf8') !== body.length || text.includes('\ufffd')) return Buffer.from('[redacted]')
  try {
    return Buffer.from(JSON.stringify(redactor.value(JSON.parse(text))), 'utf8')
  } catch {
    return Buffer.from(redactor.text(text), 'utf8')
  }
}

/** The way that everything of a connection goes: its calls, its tests, the tokens that are got for it. */
export function passageOf({ network_id, connector }: Pick<ConnectionRow, 'network_id' | 'connector'>): Passage | null {
  return network_id === null ? null : { network: network_id, connector }
}
