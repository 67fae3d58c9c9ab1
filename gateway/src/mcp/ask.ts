import {
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
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
import { Visit } from './visit.ts'

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

/** What a client hands back with the answer, signed and only its own to hand back; the approval itself is used up once. */
interface Pending {
  readonly approval: string
  readonly tool: string
}

const requestId = 'decision'

/** A form, which is what `elicitation` without more means (MCP 2025-11-25, client features, elicitation). */
function takesForms(capabilities: unknown): boolean {
  const elicitation = typeof capabilities === 'object' && capabilities !== null && 'elicitation' in capabilities
  if (!elicitation || typeof capabilities.elicitation !== 'object' || capabilities.elicitation === null) return false
  return 'form' in capabilities.elicitation || !('url' in capabilities.elicitation)
}

/** Asks the person in front of a client about a call, where the policy lets them decide and the client can show a form. */
export function createAsking({ confirm, stateKey }: Asking) {
  const codec = createRequestStateCodec<Pending>({
    key: stateKey,
    bind: ({ http }) => {
      const { workspaceId, kind, id } = Visit.of(http?.authInfo).caller
      return `${workspaceId}/${kind}/${id}`
    },
  })
  return {
    verify: codec.verify,

    /** The question to return instead of the result; null when nobody is to be asked. */
    async question(
      server: Server,
      context: ServerContext,
      tool: string,
      result: CallResult,
    ): Promise<InputRequiredResult | null> {
      const envelope: Readonly<Record<string, unknown>> | undefined = context.mcpReq.envelope
      const declared = envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities()
      if (result.kind !== 'pending' || result.question === undefined || !takesForms(declared)) return null
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
      const pending = mcpReq.requestState<Pending>()
      if (pending === undefined) return null
      const answer = inputResponse(mcpReq.inputResponses, requestId)
      if (pending.tool !== tool || answer.kind !== 'elicit')
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, `The answer to "${requestId}" is missing.`)
      const accepted = answer.action === 'accept' && answer.content?.run === true
      return confirm({ credentials, ip, approvalId: pending.approval, accepted })
    },
  }
}
