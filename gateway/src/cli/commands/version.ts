import { Sallyport, SallyportUnreachable } from '@sallyport/sdk'
import type { Command } from 'commander'
import { gatewayUrl, outputOf } from '../context.ts'

async function gatewayVersion(url: string): Promise<string | null> {
  try {
    return (await new Sallyport({ url }).session.get()).version
  } catch (error) {
    if (error instanceof SallyportUnreachable) return null
    throw error
  }
}

export function registerVersion(program: Command, version: string): void {
  program
    .command('version')
    .description('print the versions of this tool and of the gateway')
    .action(async (_options: object, command: Command) => {
      const out = outputOf(command)
      const url = gatewayUrl()
      const gateway = await gatewayVersion(url)
      out.answer({ cli: version, node: process.versions.node, gateway, url }, () => {
        out.facts([
          ['sallyport', version],
          ['node', process.versions.node],
          ['gateway', gateway === null ? `none answers at ${url}` : `${gateway} at ${url}`],
        ])
      })
    })
}
