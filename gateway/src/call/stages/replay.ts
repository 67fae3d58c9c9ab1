import { SallyportError } from '../../errors.ts'
import { signatureOf } from '../cassettes/recording.ts'
import type { RecordedAction } from '../cassettes/types.ts'
import type { Checked, Rehearsed } from '../facts.ts'
import type { CallServices } from '../services.ts'

function stale({ connection, action }: Checked, cassette: string, was: RecordedAction): SallyportError {
  const { connector } = connection
  const now = action.kind === 'http' ? { method: action.method, url: action.path } : { method: null, url: null }
  const moved = was.method !== now.method || was.url !== now.url
  const change = moved
    ? `It was ${was.method} ${was.url} and is ${now.method} ${now.url}.`
    : 'Its request or its schemas have changed.'
  return new SallyportError('RECORDING_STALE', {
    detail: `"${action.name}" of "${connector.id}" is not what it was when "${cassette}" was recorded, in version ${was.version}. ${change}`,
    diagnostics: {
      cassette,
      recorded: { version: was.version, method: was.method, url: was.url },
      now: { version: connector.version, ...now },
    },
  })
}

/** Answers from a cassette; nothing is sent, and no credential is opened. Throws RECORDING_MISSING, RECORDING_STALE. */
export async function replay(services: CallServices, checked: Checked, cassette: string): Promise<Rehearsed> {
  const { caller, connection, action, input } = checked
  const { connector } = connection
  const call = { connector: connector.id, action: action.name, input }
  const found = await services.tape.find(caller.workspaceId, cassette, call)
  const signature = signatureOf(connector, action)
  const isCurrent = (was: RecordedAction) => was.signature.equals(signature)
  if (found.kind === 'missing') {
    const [last] = found.others
    if (last !== undefined && !found.others.some(isCurrent)) throw stale(checked, cassette, last)
    throw new SallyportError('RECORDING_MISSING', {
      detail:
        last === undefined
          ? `The cassette "${cassette}" has no recording of "${action.name}" of "${connector.id}".`
          : `The cassette "${cassette}" has no recording of "${action.name}" of "${connector.id}" with this input. It has ${found.others.length} with another.`,
      diagnostics: { ...call, cassette, recorded: found.others.length },
    })
  }
  if (!isCurrent(found)) throw stale(checked, cassette, found)
  const { answer } = await found.content()
  if ('error' in answer) {
    const { code, detail, diagnostics } = answer.error
    throw new SallyportError(code, { detail, ...(diagnostics !== undefined && { diagnostics }) })
  }
  return { outcome: { success: true, ...answer }, status: found.status } as Rehearsed
}
