import type { SallyportError } from '../../errors.ts'
import type { Armed, Checked } from '../facts.ts'
import type { CallServices } from '../services.ts'
import type { Outcome } from '../types.ts'
import { isLastingError, type Recording, signatureOf } from './recording.ts'

/** What came of a call, with every injected secret taken out of it. */
export type Ending =
  | { readonly status: number | null; readonly outcome: Outcome }
  | { readonly status: number | null; readonly error: SallyportError }

/** Whether the ending says something lasting about the API. */
export function isWorthKeeping(ending: Ending): boolean {
  return !('error' in ending) || (isLastingError(ending.error.code) && (ending.status ?? 0) < 500)
}

function answerOf(ending: Ending): Recording['answer'] | null {
  if ('error' in ending) {
    const { code, detail, diagnostics } = ending.error
    return isLastingError(code) ? { error: { code, detail, ...(diagnostics !== undefined && { diagnostics }) } } : null
  }
  const { payload, variables, diagnostics } = ending.outcome
  return {
    ...(payload !== undefined && { payload }),
    ...(variables !== undefined && { variables }),
    ...(diagnostics !== undefined && { diagnostics }),
  }
}

/** Records how a call ended. What the caller put in of a secret is taken out as well, so that nothing recorded holds one. */
export async function tape(
  { tape: cassettes }: CallServices,
  cassette: string,
  { caller, connection, action, input }: Checked,
  { redactor }: Armed,
  ending: Ending,
): Promise<void> {
  const { connector } = connection
  const answer = answerOf(ending)
  if (answer === null || connector.document.actions[action.name] === undefined) return
  // Parsed from JSON and redacted in its shape, so an object still; anything that JSON leaves out is left out here too.
  const plain = JSON.stringify({ input, answer })
  const clean = redactor.suspects(plain) ? redactor.value({ input, answer }) : { input, answer }
  await cassettes.keep(caller.workspaceId, cassette, {
    connector: connector.id,
    version: connector.version,
    action: action.name,
    method: action.kind === 'http' ? action.method : null,
    url: action.kind === 'http' ? action.path : null,
    signature: signatureOf(connector, action).toString('hex'),
    status: ending.status,
    ...(JSON.parse(JSON.stringify(clean)) as Pick<Recording, 'input' | 'answer'>),
  })
}
