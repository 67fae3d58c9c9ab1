import type { Caller } from '../caller.ts'
import type { CompiledConnector } from '../definition/types.ts'
import { awaitedSettings, chooseEnvironment, chooseScheme, parseSettings } from './fit.ts'
import type { Granting } from './granting.ts'
import { checkAgentSecrets, requireHttp } from './on-premises.ts'
import { ownerOf, requireManager } from './owners.ts'
import { fieldsOf, parseFields, settingsIn } from './schemes/credential.ts'
import type { NewConnection } from './types.ts'

/** What a new connection is made of. Throws where it does not fit the connector, and FORBIDDEN. */
export async function partsOf(granting: Granting, caller: Caller, connector: CompiledConnector, request: NewConnection) {
  const owner = ownerOf(caller, request)
  requireManager(caller, owner)
  const environment = chooseEnvironment(connector, request.environment)
  const { name: schemeName, scheme } = chooseScheme(connector, request.auth?.scheme)
  // Of code, and where nothing is called, the secrets may be entered later: until then real calls are refused.
  const later =
    (connector.kind !== 'http' || typeof request.mock === 'string') &&
    scheme.type !== 'oauth2' &&
    scheme.type !== 'mcp_oauth' &&
    request.auth?.fields === undefined &&
    request.auth?.agent_secrets === undefined
  const agentSecrets = request.auth?.agent_secrets ?? {}
  checkAgentSecrets(scheme, agentSecrets, request.network ?? null)
  requireHttp(connector, scheme, request.network ?? null)
  const entered = later ? {} : parseFields(scheme, request.auth?.fields ?? {}, agentSecrets)
  const lacking = later && fieldsOf(scheme).some(({ required }) => required)
  const said = settingsIn(scheme, request.auth?.fields ?? {})
  const settings = parseSettings(connector, environment, request.settings ?? {}, scheme, said)
  // Throws naming a missing server variable.
  if (awaitedSettings(scheme, settings).length === 0) connector.baseUrl(environment, settings)
  const { workspaceId } = caller
  const scopes = request.auth?.scopes ?? null
  const plan = await granting.plan({ workspaceId, connector, scheme, settings, environment, fields: entered, scopes, owner })
  return { owner, environment, schemeName, entered, agentSecrets, settings, plan, lacking }
}
