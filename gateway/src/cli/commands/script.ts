import type { Command } from 'commander'
import { connectToGateway, outputOf } from '../context.ts'
import { CliError } from '../failure.ts'
import { readInput, readTextFile } from '../values.ts'

interface RunOptions {
  readonly command: string
  readonly params?: string
  readonly config?: string
  readonly variables?: string
}

async function run(file: string, options: RunOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const result = await connectToGateway().scripts.run({
    source: await readTextFile(file),
    language: /\.[cm]?ts$/.test(file) ? 'typescript' : 'javascript',
    command: options.command,
    params: await readInput(options.params, []),
    config: await readInput(options.config, []),
    variables: await readInput(options.variables, []),
  })
  const { outcome, problem, logs, requests } = result
  out.answer(result, () => {
    for (const { level, message } of logs) out.line(`${level.padEnd(5)} ${message}`)
    for (const { method, url, status, ms } of requests)
      out.line(`${method} ${url} → ${status ?? 'no answer'} in ${Math.round(ms)} ms`)
    if (outcome?.success) out.payload(outcome.payload ?? null)
  })
  const at = Array.isArray(problem?.diagnostics?.at) ? ` ${problem.diagnostics.at.join('; ')}` : ''
  if (problem !== null) throw new CliError(problem.code, `${problem.detail}${at}`, problem.resolution)
  if (outcome !== null && !outcome.success)
    throw new CliError('SCRIPT_FAILED', outcome.error ?? 'The command says that it failed.', 'Read its diagnostics with --json.')
}

export function registerScript(program: Command): void {
  program
    .command('script')
    .description('scripts of connectors')
    .command('run')
    .description('try a command of a script in the sandbox of the gateway; nothing is stored')
    .argument('<file>', 'JavaScript, or TypeScript (.ts)')
    .option('--command <name>', 'the function to call', 'test')
    .option('--params <json>', 'sallyport.params as a JSON object; @file reads a file, - standard input')
    .option('--config <json>', 'sallyport.config, likewise')
    .option('--variables <json>', 'sallyport.variables, likewise')
    .action(run)
}
