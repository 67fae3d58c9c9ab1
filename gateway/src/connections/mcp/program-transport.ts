import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client'
import type { Settings } from '../../definition/types.ts'
import type { Program } from '../../egress/programs/allowed.ts'
import type { RunningProgram } from '../../egress/programs/process.ts'
import type { Programs, ProgramUse as Use } from '../../egress/programs/programs.ts'
import type { Secret } from '../../secret.ts'
import type { CredentialFields } from '../schemes/types.ts'

/** What a connection fills in for the variables of a program; the program has the last word on which it takes. */
export function programValues(settings: Settings, fields: CredentialFields): Readonly<Record<string, string | Secret>> {
  const shown = Object.entries(settings).map(([name, value]) => [name, String(value)] as const)
  return { ...Object.fromEntries(shown), ...fields }
}

export interface ProgramUse extends Pick<Use, 'workspaceId' | 'owner' | 'values'> {
  readonly programs: Programs
  readonly program: Program
}

interface Dial extends ProgramUse {
  /** Hears of each message before it is sent. */
  readonly sending?: (message: JSONRPCMessage) => void
}

export interface ProgramTransport extends Transport {
  /** Why it has ended by itself; null while it has not. */
  readonly over: () => string | null
}

/** Speaks MCP with a program over its standard input and output: a message is one line of JSON. */
export async function programTransport({ programs, program, sending, ...use }: Dial): Promise<ProgramTransport> {
  const { parseJSONRPCMessage } = await import('@modelcontextprotocol/client')
  let running: RunningProgram | null = null
  let over: string | null = null
  const transport: ProgramTransport = {
    over: () => over,
    async start() {
      running = await programs.start(program, {
        ...use,
        line(line) {
          let message: JSONRPCMessage
          try {
            message = parseJSONRPCMessage(JSON.parse(line))
          } catch {
            // Many print a greeting before they speak.
            return
          }
          transport.onmessage?.(message)
        },
        ended(why) {
          over = why
          transport.onclose?.()
        },
      })
    },
    async send(message) {
      sending?.(message)
      if (running === null) throw new Error('The program is not running.')
      await running.send(JSON.stringify(message))
    },
    async close() {
      await running?.stop()
    },
  }
  return transport
}
