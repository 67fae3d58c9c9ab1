import type { ClientCertificate } from '../../egress/certificates.ts'
import { SallyportError } from '../../errors.ts'
import type { Secret } from '../../secret.ts'
import { disclose } from '../../vault/disclose.ts'
import type { OAuthClient, OAuthSubject } from './types.ts'

interface Sources extends OAuthSubject {
  /** What was entered with the connection. */
  readonly fields: Readonly<Record<string, Secret>>
  readonly certificate: ClientCertificate | undefined
  /** The OAuth app of the workspace, looked for when the connection brought no client. */
  readonly app: () => Promise<OAuthClient | null>
}

/** As whom to ask. Throws NEEDS_REAUTH when there is nobody to be. */
export async function clientOf({ connector, scheme, fields, certificate, app }: Sources): Promise<OAuthClient> {
  if (fields.client_id !== undefined)
    return { appId: null, id: disclose(fields.client_id), secret: fields.client_secret ?? null, certificate }
  // A service account is its own client.
  if (scheme.flow === 'jwt_bearer' && scheme.assertion?.key === 'google')
    return { appId: null, id: '', secret: null, certificate }
  const found = await app()
  if (found !== null) return { ...found, certificate }
  throw new SallyportError('NEEDS_REAUTH', {
    detail: `There is no OAuth app for ${scheme.family === undefined ? `"${connector.id}"` : `the family ${scheme.family}`} yet. An admin adds one under OAuth apps; or enter client_id and client_secret with the connection.`,
  })
}

/** Where tokens came from, as it was sealed with them: no secret, but not to be changed either. */
export function originOf({ issuer, resource, client_id: clientId }: Readonly<Record<string, Secret>>) {
  if (issuer === undefined || resource === undefined || clientId === undefined) return null
  return { issuer: disclose(issuer), resource: disclose(resource), clientId: disclose(clientId) }
}
