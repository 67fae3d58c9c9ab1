import { SallyportError } from '../../errors.ts'
import type { Admitted, Checked } from '../facts.ts'
import { inputOf } from '../input.ts'
import type { CallRequest } from '../types.ts'

/** Does the input match its schema? Renders the request from it. Throws INVALID_INPUT naming each wrong field. */
export function validateInput(admitted: Admitted, call: CallRequest): Checked {
  const { caller, connection, action, baseUrl, url } = admitted
  const input = inputOf(call)
  const problems = action.checkInput(input)
  const [first] = problems
  if (first !== undefined) {
    throw new SallyportError('INVALID_INPUT', {
      detail: `The input does not match the schema of "${action.name}": ${first.path === '' ? '' : `${first.path} `}${first.message}.`,
      diagnostics: { errors: problems },
    })
  }
  const request = action.renderRequest(url, input, connection.settings)
  return { caller, connection, action, baseUrl, url: request.url, input, request, idempotencyKey: null } as Checked
}
