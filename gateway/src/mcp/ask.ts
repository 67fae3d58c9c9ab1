import {
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { Credentials } from '../access/types.ts'
import type { CallResult } from '../call/types.ts'
import { shows } from './relay.ts'
import type { StateCodec } from './request-state.ts'
import type { Visit } from './visit.ts'

/** What the person in front of a client decided about a call that waits. */
export interface Confirmation {
  readonly credentials: Credentials
  readonly ip: string
  readonly approvalId: string
  readonly accepted: boolean
}

export interface Asking {
  /** Takes the decision of a person, and runs the call when they said yes. It checks who may decide what: nothing here does. */
  readonly confirm: (confirmation: Confirmation) => Promise<CallResult>
  /** At least 32 bytes, the same for all gateways of an installation. */
  readonly stateKey: Uint8Array
}

const requestId = 'decision'

/** Asks the person in front of a client about a call, where the policy lets them decide and the client can show a form. */
export function createAsking({ confirm }: Asking, codec: StateCodec) {
  return {
    /** The question to return instead of the result; null when nobody is to be asked. */
    async question(
      server: Server,
      context: ServerContext,
      tool: string,
      result: CallResult,
    ): Promise<InputRequiredResult | null> {
      if (result.kind !== 'pending' || result.question === undefined || !shows(server, context).form) return null
      const run = { type: 'boolean', title: 'Run this call', default: false } as const
      return inputRequired({
        inputRequests: {
          [requestId]: inputRequired.elicit({
            message: result.question,
            requestedSchema: { type: 'object', properties: { run }, required: ['run'] },
          }),
        },
        requestState: await codec.mint({ approval: result.approvalId, tool }, context),
      })
    },

    /** What came of the answer to a question; null when the request is no such answer. */
    async answered({ credentials, ip }: Visit, { mcpReq }: ServerContext, tool: string): Promise<CallResult | null> {
      const pending = mcpReq.requestState<{ readonly approval?: string; readonly tool: string }>()
      if (pending?.approval === undefined) return null
      const answer = inputResponse(mcpReq.inputResponses, requestId)
      if (pending.tool !== tool || answer.kind !== 'elicit')
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, `The answer to "${requestId}" is missing.`)
      const accepted = answer.action === 'accept' && answer.content?.run === true
      return confirm({ credentials, ip, approvalId: pending.approval, accepted })
    },
  }
}
