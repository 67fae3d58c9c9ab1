import { toSallyportError } from '../errors.ts'
import { newId } from '../id.ts'
import { CallRecorder } from './recorder.ts'
import { rehearsalOf } from './rehearsal.ts'
import type { CallServices } from './services.ts'
import { allowUrl } from './stages/allow-url.ts'
import { approve } from './stages/approve.ts'
import { authenticate } from './stages/authenticate.ts'
import { authorize } from './stages/authorize.ts'
import { checkResponse } from './stages/check-response.ts'
import { deduplicate } from './stages/deduplicate.ts'
import { limit } from './stages/limit.ts'
import { map } from './stages/map.ts'
import { mock } from './stages/mock.ts'
import { recall } from './stages/recall.ts'
import { redact } from './stages/redact.ts'
import { replay } from './stages/replay.ts'
import { resolve } from './stages/resolve.ts'
import { send } from './stages/send.ts'
import { useCredential } from './stages/use-credential.ts'
import { validateInput } from './stages/validate-input.ts'
import { Trace } from './trace.ts'
import type { CallRequest, CallResult } from './types.ts'

/**
 * The life of a call: the one way to reach an API with a credential. Every entrance enters here, and each stage takes the
 * proof of the one before it (see facts.ts). Whatever happens, the record is written before the caller gets an answer.
 */
export async function runCall(
  services: CallServices,
  request: CallRequest,
  id: string = newId('call', services.clock.now()),
): Promise<CallResult> {
  const trace = new Trace(services.clock)
  const record = new CallRecorder(services, request, id, trace)
  try {
    const caller = record.saw(await trace.step(authenticate, services, request))
    const resolved = record.saw(await trace.step(resolve, services, caller, request))
    const granted = trace.step(authorize, resolved, request)
    const allowed = record.saw(trace.step(allowUrl, services, granted, request))
    const admitted = await trace.step(limit, services, allowed, request)
    const checked = record.saw(trace.step(validateInput, admitted, request))
    const rehearsal = rehearsalOf(checked, request)
    if (rehearsal !== null) {
      if (rehearsal.by === 'recall') return await record.rehearsed(await trace.step(recall, services, checked, rehearsal.minutes))
      const { by, name } = rehearsal
      if (by === 'mock') return await record.rehearsed(await trace.named(name, mock, services, checked, name))
      return await record.rehearsed(await trace.named(name, replay, services, checked, name))
    }
    const claim = await trace.step(deduplicate, services, checked, request, id)
    if (claim.kind === 'repeated') return claim.result
    const permission = await trace.step(approve, services, claim.first, request, id)
    if (permission.kind !== 'permitted') return await record.stopped(permission)

    const { permit } = permission
    const armed = record.saw(await trace.step(useCredential, services, permit))
    // A write is on record before its socket opens; a read must at least be recordable.
    if (permit.action.effect === 'read') await services.store.calls.ready()
    else {
      await request.beforeSend?.()
      await trace.step(record.intent)
    }
    const reply = await trace.step(send, services, armed, record.progress, id, (again) => record.saw(again), request.watch)
    const verified = trace.step(checkResponse, reply)
    const mapped = trace.step(map, verified)
    const answer = trace.step(redact, mapped)
    return await record.answered(answer)
  } catch (error) {
    trace.failed()
    return await record.failed(toSallyportError(error))
  }
}
