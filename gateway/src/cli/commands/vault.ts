import type { Command } from 'commander'
import { connectToGateway, outputOf } from '../context.ts'
import { CliError } from '../failure.ts'

async function rotate(_options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const { vault } = connectToGateway()
  let resealed = 0
  let retired = 0
  let progress = await vault.rotate()
  for (;;) {
    resealed += progress.resealed
    retired += progress.retired
    if (progress.state !== 'running') break
    out.note(`Sealed ${resealed} values anew with ${progress.key_id}, ${progress.remaining} to go.`)
    progress = await vault.rotate({ key_id: progress.key_id })
  }
  const { key_id, state, remaining, unopenable } = progress
  out.answer({ key_id, state, resealed, remaining, retired, unopenable }, () => {
    if (state === 'done')
      out.line(`Everything is sealed with the new key ${key_id}. Sealed anew: ${resealed}; old keys removed: ${retired}.`)
  })
  if (state === 'stuck') {
    throw new CliError(
      'DECRYPT_FAILED',
      `${remaining} stored values do not open, so the keys they were sealed with stay: ${unopenable.slice(0, 10).join(', ')}.`,
      'Enter the credentials of these connections again, or delete them, and rotate once more.',
    )
  }
}

export function registerVault(program: Command): void {
  const vault = program.command('vault').description('the keys that seal credentials')
  vault
    .command('rotate')
    .description('give the workspace a new key and seal everything anew with it, while calls go on')
    .addHelpText('after', '\nFor owners. Can be interrupted at any moment: run it again, and it goes on.')
    .action(rotate)
}
