import { normalizeOutcome } from '@sallyport/sdk/kit'
import { SallyportError } from '../../errors.ts'
import type { Outcome } from '../types.ts'

/** Keys of protocol 1.x, and what they are called now. */
const legacy = { data: 'payload (of a success) or diagnostics (of a failure)', outputVariables: 'variables' } as const
const slots = ['success', 'payload', 'variables', 'diagnostics', 'error'] as const

function refuse(detail: string): never {
  throw new SallyportError('SCRIPT_FAILED', { detail })
}

/**
 * What a script returned as the one contract of every executor. Throws SCRIPT_FAILED for the keys of protocol 1.x, and for an
 * object that has none of the five slots and so would be lost.
 */
export function toOutcome(returned: unknown): Outcome {
  if (typeof returned === 'object' && returned !== null && !Array.isArray(returned)) {
    for (const [key, now] of Object.entries(legacy)) {
      if (Object.hasOwn(returned, key))
        refuse(`The result has "${key}", a key of protocol 1.x. Upgrade to protocol 2.0: it is called ${now} now.`)
    }
    if (Object.keys(returned).length > 0 && !slots.some((slot) => Object.hasOwn(returned, slot)))
      refuse(`The result has none of ${slots.join(', ')}. Return { success: true, payload: … }.`)
  }
  return normalizeOutcome(returned)
}
