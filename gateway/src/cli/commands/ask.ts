import type { Command } from 'commander'
import { connectToGateway, outputOf } from '../context.ts'
import { canAsk, confirm } from '../prompt.ts'
import { clean } from '../text.ts'
import { printPending, printPlan, printResult } from './call.ts'

async function ask(words: readonly string[], options: { yes?: true }, command: Command): Promise<void> {
  const out = outputOf(command)
  const { tools } = connectToGateway()
  const asked = await tools.call(words.join(' '))
  if (out.json && !(asked.status === 'confirm' && options.yes)) return out.answer(asked, () => {})
  if (asked.status === 'unsure') {
    out.note(clean(asked.reason))
    const rows = asked.candidates.map((each) => [each.tool, each.effect, JSON.stringify(each.arguments), each.missing.join(', ')])
    return out.table(['tool', 'effect', 'arguments', 'missing'], rows, 'No tool comes near.')
  }
  const { tool, arguments: args, call } = asked
  out.note(clean(`${tool} ${JSON.stringify(args)}`))
  if ('approval' in call) return printPending(out, call)
  if (asked.status === 'done') return printResult(out, call)
  // What changes something is only planned until somebody says yes.
  if (!options.yes) {
    if (call.plan !== undefined) printPlan(out, call.plan)
    if (!canAsk()) return out.note('To run it, say the same with --yes.')
    if (!(await confirm('Run it?'))) return out.note('Not run.')
  }
  const result = await tools.call(tool, { arguments: args })
  if ('approval' in result) printPending(out, result)
  else printResult(out, result)
}

export function registerAsk(program: Command): void {
  program
    .command('ask')
    .description('do what is asked in plain words: picks a tool and its arguments')
    .argument('<words...>', 'what is wanted, with the values it takes')
    .option('--yes', 'run what changes something without showing its plan first')
    .action(ask)
}
