import type { CompiledConnector, Settings } from '../../definition/types.ts'
import { chooseEnvironment, chooseScheme, typedSetting } from '../fit.ts'
import { fieldsOf } from '../schemes/credential.ts'
import type { NewConnection, VerifyRequest } from '../types.ts'

type Form = Required<Pick<NewConnection, 'environment' | 'auth' | 'settings'>>

/**
 * The flat fields of a form, told apart: those of the auth scheme are secret, the rest are settings of the connection, such as
 * the host of a tenant. What is left empty counts as absent. Throws INVALID_INPUT naming what does not fit.
 */
export function formOf(connector: CompiledConnector, { fields = {}, ...request }: VerifyRequest): Form {
  const environment = chooseEnvironment(connector, request.environment)
  const { name, scheme } = chooseScheme(connector, request.scheme)
  const secret = fieldsOf(scheme).map((field) => field.name)
  const secrets: Record<string, string> = {}
  const settings: Record<string, Settings[string]> = {}
  for (const [field, text] of Object.entries(fields)) {
    if (text === '') continue
    if (secret.includes(field)) secrets[field] = text
    else settings[field] = typedSetting(connector, field, text)
  }
  return { environment, auth: { scheme: name, fields: secrets }, settings }
}
