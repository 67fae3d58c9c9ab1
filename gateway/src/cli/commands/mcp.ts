import { createInterface } from 'node:readline'
import type { Command } from 'commander'
import { connectToGateway } from '../context.ts'

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

const isInitialize = (message: unknown) =>
  typeof message === 'object' && message !== null && 'method' in message && message.method === 'initialize'

export function registerMcp(program: Command): void {
  program
    .command('mcp')
    .description('serve your tools over standard input and output, for MCP clients that start a program')
    .option('--toolset <slug>', 'the tools of this toolset only')
    .action(async ({ toolset }: { readonly toolset?: string }) => {
      // One message a line (MCP, transports, stdio); nothing else may be printed there.
      const print = (message: unknown) => void process.stdout.write(`${JSON.stringify(message)}\n`)
      const bridge = connectToGateway().mcp(print, toolset)
      for await (const line of createInterface({ input: process.stdin })) {
        if (line.trim() === '') continue
        const message = parsed(line)
        if (message === undefined) {
          print({ jsonrpc: '2.0', id: null, error: { code: -32_700, message: 'The line is not JSON.' } })
          continue
        }
        const sent = bridge.send(message)
        if (isInitialize(message)) await sent
      }
      await bridge.close()
    })
}
