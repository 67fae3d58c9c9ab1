import type { Settings } from '../../definition/types.ts'
import { SallyportError } from '../../errors.ts'
import type { Admitted, Checked, Route, Work } from '../facts.ts'
import { inputOf } from '../input.ts'
import type { CallRequest } from '../types.ts'

/** Does the input match its schema? Renders the request from it. Throws INVALID_INPUT naming each wrong field. */
export function validateInput(admitted: Admitted, call: CallRequest): Checked {
  const { caller, connection, action, route } = admitted
  const input = inputOf(call)
  const problems = action.checkInput(input)
  const [first] = problems
  if (first !== undefined) {
    throw new SallyportError('INVALID_INPUT', {
      detail: `The input does not match the schema of "${action.name}": ${first.path === '' ? '' : `${first.path} `}${first.message}.`,
      diagnostics: { errors: problems },
    })
  }
  return { caller, connection, action, input, work: workOf(route, input, connection.settings), idempotencyKey: null } as Checked
}

function workOf(route: Route, input: Checked['input'], settings: Settings): Work {
  if (route.kind === 'command') return route
  const { kind, action, baseUrl, url } = route
  return { kind, action, baseUrl, request: action.renderRequest(url, input, settings) }
}
