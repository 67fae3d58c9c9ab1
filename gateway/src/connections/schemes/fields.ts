import { SallyportError } from '../../errors.ts'
import type { Secret } from '../../secret.ts'
import type { CredentialField, CredentialFields, Injection } from './types.ts'

type Extra = Partial<Omit<CredentialField, 'name' | 'title'>>

export function secretField(name: string, title: string, extra: Extra = {}): CredentialField {
  return { name, title, kind: 'text', secret: true, required: true, ...extra }
}

/** A value that may be seen while it is entered, such as a user name. */
export function openField(name: string, title: string, extra: Extra = {}): CredentialField {
  return { name, title, kind: 'text', secret: false, required: true, ...extra }
}

/** Throws NEEDS_REAUTH when it is not there: a new version of the connector asks for more than was entered. */
export function field(fields: CredentialFields, name: string): Secret {
  const value = fields[name]
  if (value === undefined) throw new SallyportError('NEEDS_REAUTH', { internal: `credential has no field ${name}` })
  return value
}

export const nothing: Injection = { headers: {}, query: {} }

export function inHeader(name: string, value: string | Secret): Injection {
  return { headers: { [name]: value }, query: {} }
}
