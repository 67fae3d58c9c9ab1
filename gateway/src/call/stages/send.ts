import { runCommand } from '../executors/command.ts'
import { sendRequest } from '../executors/send-request.ts'
import type { Armed, Progress, Reply, Sent } from '../facts.ts'
import type { CallServices } from '../services.ts'
import type { CallWatch } from '../types.ts'

/** Does the work of the call, within its one deadline: sends its request, or runs the code of its connector. */
export async function send(
  services: CallServices,
  armed: Armed,
  progress: Progress,
  callId: string,
  saw: (armed: Armed) => Armed,
  watch?: CallWatch,
): Promise<Reply> {
  const { permit } = armed
  const { work } = permit
  const sent: Sent =
    work.kind === 'http'
      ? await sendRequest(services, armed, work, progress, callId, saw, watch)
      : await runCommand(services, armed, work.action, progress, callId, saw, watch)
  return { permit, redactor: armed.redactor, ...sent } as Reply
}
