import type { Access } from '../../access/types.ts'
import type { Caller } from '../../caller.ts'
import type { CallResult, Calls } from '../types.ts'
import type { Results } from './types.ts'

/** How a call ended, with as much of its answer as fits in so many bytes of JSON. */
export async function fitted(
  results: Pick<Results, 'fit'>,
  caller: Caller,
  result: CallResult,
  budget: number,
): Promise<CallResult> {
  if (result.kind !== 'answered' || result.answer.payload === undefined) return result
  const { value, handle } = await results.fit(caller, result.answer.payload, budget)
  return handle === undefined ? result : { ...result, answer: { ...result.answer, payload: value }, rest: handle }
}

/** Calls whose answers are made to fit what the request says its caller takes. */
export function fittingCalls(run: Calls['run'], access: Pick<Access, 'authenticate'>, results: Results): Calls {
  return {
    async run(request) {
      const result = await run(request)
      const { maxResultBytes, credentials, ip, toolset } = request
      if (maxResultBytes === undefined || result.kind !== 'answered') return result
      return fitted(results, await access.authenticate(credentials, ip, toolset), result, maxResultBytes)
    },
  }
}
