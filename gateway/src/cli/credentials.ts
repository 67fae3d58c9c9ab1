import type { Schemas } from '@sallyport/sdk'
import { processEnvironment } from '../config.ts'
import { CliError, UsageError } from './failure.ts'
import type { Output } from './output.ts'
import { ask, askSecret, canAsk, readStandardInput } from './prompt.ts'
import { readTextFile, splitPair } from './values.ts'

/** A way to authenticate, as the gateway describes it. */
type Scheme = Schemas['ConnectorSchemes']['items'][number]

/** The scheme asked for, or the only one. With several, somebody has to say which. */
export async function chooseScheme(schemes: readonly Scheme[], wanted: string | undefined): Promise<Scheme | undefined> {
  const names = schemes.map((scheme) => scheme.name).join(', ')
  if (wanted !== undefined) {
    const found = schemes.find((scheme) => scheme.name === wanted)
    if (found === undefined) throw new UsageError(`This connector has no auth scheme "${wanted}".`, `It has: ${names || 'none'}.`)
    return found
  }
  if (schemes.length < 2) return schemes[0]
  if (!canAsk()) throw new UsageError('This connector can be authorised in several ways.', `Say which with --scheme: ${names}.`)
  const answer = await ask(`Which auth scheme (${names})`)
  return chooseScheme(schemes, answer)
}

/** Every way by which a secret stays out of the list of processes. */
const safeWays = (name: string) =>
  `--field ${name}=- (standard input), --field ${name}=@file or --field ${name}=env:VARIABLE, or leave it out at a terminal to be asked`

/** The value behind `-`, `@file` and `env:NAME`; anything else is the value itself. */
export async function readValue(
  { name, secret }: Pick<Scheme['fields'][number], 'name' | 'secret'>,
  value: string,
  out: Output,
): Promise<string> {
  // The line break at the end of a file is no part of a secret.
  if (value === '-') return (await readStandardInput()).replace(/\r?\n$/, '')
  if (value.startsWith('@')) return (await readTextFile(value.slice(1))).replace(/\r?\n$/, '')
  if (value.startsWith('env:')) {
    const found = processEnvironment()[value.slice(4)]
    if (!found)
      throw new CliError(
        'INVALID_INPUT',
        `The environment variable ${value.slice(4)} is not set.`,
        'Set it, or name another one.',
      )
    return found
  }
  if (secret) {
    out.warn(
      `The value of --field ${name} stands on the command line, where other users of this machine can read it.\n  Better: ${safeWays(name)}.`,
    )
  }
  return value
}

/** The fields of a scheme from the options, and the missing ones from whoever sits at the terminal. */
export async function collectFields(scheme: Scheme, given: readonly string[], out: Output): Promise<Record<string, string>> {
  const fields: Record<string, string> = {}
  for (const pair of given) {
    const [name, value] = splitPair(pair, '--field')
    const field = scheme.fields.find((one) => one.name === name)
    if (field === undefined) {
      throw new UsageError(
        `The auth scheme ${scheme.name} has no field "${name}".`,
        `Its fields: ${scheme.fields.map((one) => one.name).join(', ') || 'none'}.`,
      )
    }
    fields[name] = await readValue(field, value, out)
  }
  const missing = scheme.fields.filter(({ name, required }) => required && fields[name] === undefined)
  const [first] = missing
  if (first !== undefined && !canAsk()) {
    const names = missing.map(({ name }) => name).join(', ')
    throw new UsageError(`The auth scheme ${scheme.name} needs: ${names}.`, `Give it as ${safeWays(first.name)}.`)
  }
  for (const { name, secret } of missing) fields[name] = secret ? await askSecret(name) : await ask(name)
  return fields
}
