import type { Command } from 'commander'
import { ConfigError, parseConfig, processEnvironment } from '../../config.ts'
import { Secret } from '../../secret.ts'
import { outputOf } from '../context.ts'
import { CliError } from '../failure.ts'

interface AgentCommandOptions {
  readonly url?: string
  readonly token?: string
  readonly allow: string
  readonly name?: string
}

const how = 'Make a network in the dashboard (Networks) and copy what it shows.'

async function run({ url, token, allow, name }: AgentCommandOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const { SALLYPORT_URL, SALLYPORT_AGENT_TOKEN } = processEnvironment()
  const address = url ?? SALLYPORT_URL
  const secret = (token ?? SALLYPORT_AGENT_TOKEN)?.trim()
  if (!address) throw new CliError('INVALID_INPUT', 'The agent does not know where its gateway is: give --url.', how)
  if (!secret) throw new CliError('UNAUTHENTICATED', 'The agent has no token: give --token or SALLYPORT_AGENT_TOKEN.', how)
  const { logLevel } = parseConfig({ SALLYPORT_LOG_LEVEL: processEnvironment().SALLYPORT_LOG_LEVEL })
  try {
    const { startAgent } = await import('../../agent.ts')
    const agent = await startAgent({
      url: address,
      token: new Secret(secret),
      allow,
      logLevel,
      ...(name !== undefined && { name }),
    })
    let stops = 0
    const stop = () => {
      if (++stops > 1) process.exit(1)
      out.note('Stopping: requests under way are finished.')
      void agent.stop()
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
    const connected = agent.ready.then((network) => {
      if (out.json) out.line(JSON.stringify({ agent: agent.name, network }))
      else out.line(`The agent "${agent.name}" serves the network "${network}".`)
    })
    connected.catch(() => {})
    await agent.ended
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new CliError('UNAVAILABLE', message, error instanceof ConfigError ? 'Nothing was started.' : how)
  }
}

export function registerAgent(program: Command): void {
  program
    .command('agent')
    .description('serve a private network: dial out to a gateway and make its requests from here')
    .option('--url <url>', 'address of the gateway (SALLYPORT_URL)')
    .option('--token <token>', 'token of the network; better in SALLYPORT_AGENT_TOKEN, where other processes do not see it')
    .option('--allow <file>', 'which hosts, ports and connectors, and which secrets of its own', 'sallyport-agent.yaml')
    .option('--name <name>', 'of this agent within the network (default: the name of the machine)')
    .action(run)
}
