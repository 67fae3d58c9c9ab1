import { Command, CommanderError } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { registerAgent } from './commands/agent.ts'
import { registerAlerts } from './commands/alerts.ts'
import { registerApprovals } from './commands/approvals.ts'
import { registerAsk } from './commands/ask.ts'
import { registerAudit } from './commands/audit.ts'
import { registerBackup } from './commands/backup.ts'
import { registerCall } from './commands/call.ts'
import { registerCassettes } from './commands/cassettes.ts'
import { registerCatalog } from './commands/catalog.ts'
import { registerClients } from './commands/clients.ts'
import { registerConfiguration } from './commands/configuration.ts'
import { registerConnect } from './commands/connect.ts'
import { registerConnectionCommands } from './commands/connections.ts'
import { registerConnectors } from './commands/connectors.ts'
import { registerDrafts } from './commands/drafts.ts'
import { registerImport } from './commands/import.ts'
import { registerListings } from './commands/listings.ts'
import { registerLogs } from './commands/logs.ts'
import { registerMcp } from './commands/mcp.ts'
import { registerNew } from './commands/new.ts'
import { registerNotifications } from './commands/notifications.ts'
import { registerOAuthApps } from './commands/oauth-apps.ts'
import { registerPeople } from './commands/people.ts'
import { registerRecover } from './commands/recover.ts'
import { registerResult } from './commands/result.ts'
import { registerScript } from './commands/script.ts'
import { registerSecrets } from './commands/secrets.ts'
import { registerServe } from './commands/serve.ts'
import { registerTokens } from './commands/token.ts'
import { registerToolsets } from './commands/toolsets.ts'
import { registerVault } from './commands/vault.ts'
import { registerVersion } from './commands/version.ts'
import { registerWorkflows } from './commands/workflows.ts'
import { exitCodeOf } from './failure.ts'
import { Output } from './output.ts'

const environmentHelp = `
Environment:
  SALLYPORT_URL    address of the gateway (default http://127.0.0.1:8080)
  SALLYPORT_TOKEN  token that says who you are (sp_…)

Exit codes: 0 done, 1 failed, 2 the command line is wrong.`

function build(): Command {
  const program = new Command('sallyport')
    .description('A connector gateway: any API becomes tools for agents, and the credentials stay behind the wall.')
    .version(packageJson.version, '-V, --version', 'print the version')
    .option('--json', 'print the answer of the API as JSON, and problems as JSON on standard error')
    .addHelpText('after', environmentHelp)
    .showHelpAfterError('Run it with --help to see how it is used.')
    .exitOverride()
  registerServe(program, packageJson.version)
  registerAgent(program)
  registerImport(program)
  registerCatalog(program)
  registerConnect(program)
  registerConnectionCommands(program)
  registerCall(program)
  registerAsk(program)
  registerResult(program)
  registerCassettes(program)
  registerWorkflows(program)
  registerListings(program)
  registerConnectors(program)
  registerDrafts(program)
  registerScript(program)
  registerNew(program)
  registerLogs(program)
  registerApprovals(program)
  registerNotifications(program)
  registerAlerts(program)
  registerConfiguration(program)
  registerTokens(program)
  registerToolsets(program)
  registerClients(program)
  registerOAuthApps(program)
  registerSecrets(program)
  registerAudit(program)
  registerMcp(program)
  registerPeople(program)
  registerRecover(program)
  registerBackup(program, packageJson.version)
  registerVault(program)
  registerVersion(program, packageJson.version)
  return program
}

/** Runs one command line. Sets the exit code of the process rather than ending it, so that all output gets out. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that has seen enough, such as head, closes the pipe: that is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  const program = build()
  try {
    await program.parseAsync([...argv])
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
    else {
      new Output(program.opts().json === true).fail(error)
      process.exitCode = exitCodeOf(error)
    }
  }
}
