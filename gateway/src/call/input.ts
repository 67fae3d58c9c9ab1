import { SallyportError } from '../errors.ts'
import type { CallRequest } from './types.ts'

/** The input as named values; an absent one is empty. Throws INVALID_INPUT for anything but an object. */
export function inputOf(request: CallRequest): Readonly<Record<string, unknown>> {
  const { input } = request
  if (input === undefined || input === null) return {}
  if (typeof input === 'object' && !Array.isArray(input)) return input as Readonly<Record<string, unknown>>
  throw new SallyportError('INVALID_INPUT', { detail: 'The input must be an object of named values.' })
}
