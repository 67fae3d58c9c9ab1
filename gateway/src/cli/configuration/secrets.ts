import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { processEnvironment } from '../../config.ts'
import { CliError } from '../failure.ts'
import { askSecret, canAsk } from '../prompt.ts'

const run = promisify(execFile)

/** Reads with the command of HashiCorp Vault or OpenBao, which is signed in as whoever runs this. */
async function fromVault(place: string): Promise<string> {
  const [path = '', field = ''] = place.split('#')
  for (const command of ['vault', 'bao']) {
    try {
      const { stdout } = await run(command, ['kv', 'get', `-field=${field}`, path], { timeout: 30_000 })
      return stdout.replace(/\r?\n$/, '')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') continue
      // What the command printed may quote what it read.
      throw new CliError(
        'UNAVAILABLE',
        `${command} kv get could not read ${path}, field ${field}.`,
        'Try that command by itself.',
      )
    }
  }
  throw new CliError(
    'UNAVAILABLE',
    'Neither vault nor bao is installed.',
    'Install the command of your secret store, and sign in.',
  )
}

async function valueAt(name: string, folder: string): Promise<string | null> {
  const at = name.indexOf(':')
  const [kind, rest] = [name.slice(0, at), name.slice(at + 1)]
  if (kind === 'env') return processEnvironment()[rest] ?? null
  if (kind === 'file') return (await readFile(resolve(folder, rest), 'utf8').catch(() => null))?.replace(/\r?\n$/, '') ?? null
  if (kind === 'vault') return fromVault(rest)
  return canAsk() ? askSecret(rest) : null
}

/** The values of secrets by their names in a plan. Throws naming all that are missing. */
export async function readSecrets(names: readonly string[], folder: string): Promise<Record<string, string>> {
  const values: Record<string, string> = {}
  const missing: string[] = []
  for (const name of new Set(names)) {
    const value = await valueAt(name, folder)
    if (value === null || value === '') missing.push(name)
    else values[name] = value
  }
  if (missing.length === 0) return values
  throw new CliError(
    'INVALID_INPUT',
    `These secrets have no value here: ${missing.join(', ')}. Nothing was changed.`,
    'Set the variables, write the files, or run it at a terminal, which asks for prompts.',
  )
}
