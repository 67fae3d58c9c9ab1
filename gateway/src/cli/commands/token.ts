import type { Schemas } from '@sallyport/sdk'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { roles } from '../../caller.ts'
import { connectToGateway, outputOf } from '../context.ts'
import { when } from '../text.ts'
import { parseInstant } from '../values.ts'

function parseCalls(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a number of calls, at least 1.')
  return Number(text)
}

function limitsOf({ per_minute, per_day }: Schemas['Token']): string {
  const limits = [per_minute === null ? [] : `${per_minute} a minute`, per_day === null ? [] : `${per_day} a day`].flat()
  return limits.length === 0 ? 'any number' : limits.join(', ')
}

function confinementOf({ toolset, environments, caller_ips, cassette }: Schemas['Token']): string {
  const parts = [
    toolset === null ? [] : (toolset.name ?? 'deleted toolset'),
    environments === null ? [] : environments.join(', '),
    caller_ips === null ? [] : `from ${caller_ips.join(', ')}`,
    cassette === null ? [] : `replaying ${cassette}`,
  ].flat()
  return parts.length === 0 ? 'everything' : parts.join('; ')
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

function parseOverlap(text: string): number {
  const [, amount = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  const seconds = Number(amount) * (unitSeconds[unit] ?? Number.NaN)
  if (!(seconds <= 7 * 86_400)) throw new InvalidArgumentError('Give a span such as 10m, 24h or 7d, which is the longest.')
  return seconds
}

interface CreateOptions {
  readonly role?: Schemas['Role']
  readonly expires?: string
  readonly perMinute?: number
  readonly perDay?: number
  readonly team?: string
  readonly toolset?: string
  readonly environment?: string[]
  readonly from?: string[]
  readonly replay?: string
}

async function create(name: string, options: CreateOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const { role, expires, perMinute, perDay, team, toolset, environment, from, replay } = options
  const created = await connectToGateway().tokens.create({
    name,
    ...(role !== undefined && { role }),
    ...(expires !== undefined && { expires_at: parseInstant(expires, '--expires', 1) }),
    ...(perMinute !== undefined && { per_minute: perMinute }),
    ...(perDay !== undefined && { per_day: perDay }),
    ...(team !== undefined && { team }),
    ...(toolset !== undefined && { toolset }),
    ...(environment !== undefined && { environments: environment }),
    ...(from !== undefined && { caller_ips: from }),
    ...(replay !== undefined && { cassette: replay }),
  })
  out.answer(created, () => {
    out.note(`Made the token "${created.name}" (${created.id}) with the role ${created.role}. It is shown this once:`)
    // Alone on standard output, for TOKEN=$(sallyport token create …).
    out.line(created.token)
  })
}

type OrNone<T> = T | 'none'

/** `none` lifts a bound. Kept as a word: commander takes null from a parser for nothing. */
const orNone =
  <T>(parse: (text: string) => T) =>
  (text: string): OrNone<T> =>
    text === 'none' ? text : parse(text)
const boundOf = <T>(value: OrNone<T>): T | null => (value === 'none' ? null : value)

interface UpdateOptions {
  readonly name?: string
  readonly role?: Schemas['Role']
  readonly expires?: string
  readonly perMinute?: OrNone<number>
  readonly perDay?: OrNone<number>
  readonly toolset?: string
  readonly environment?: string[]
  readonly from?: string[]
  readonly replay?: string
}

async function update(id: string, options: UpdateOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const { name, role, expires, perMinute, perDay, toolset, environment, from, replay } = options
  const listOf = (words: string[]) => (words.join() === 'none' ? null : words)
  const token = await connectToGateway().tokens.update(id, {
    ...(name !== undefined && { name }),
    ...(role !== undefined && { role }),
    ...(expires !== undefined && { expires_at: expires === 'none' ? null : parseInstant(expires, '--expires', 1) }),
    ...(perMinute !== undefined && { per_minute: boundOf(perMinute) }),
    ...(perDay !== undefined && { per_day: boundOf(perDay) }),
    ...(toolset !== undefined && { toolset: boundOf(toolset) }),
    ...(environment !== undefined && { environments: listOf(environment) }),
    ...(from !== undefined && { caller_ips: listOf(from) }),
    ...(replay !== undefined && { cassette: boundOf(replay) }),
  })
  out.answer(token, () =>
    out.note(`The token "${token.name}" may make ${limitsOf(token)} calls now, for ${confinementOf(token)}.`),
  )
}

async function rotate(id: string, { overlap }: { readonly overlap?: number }, command: Command): Promise<void> {
  const out = outputOf(command)
  const rotated = await connectToGateway().tokens.rotate(id, overlap === undefined ? {} : { overlap_seconds: overlap })
  out.answer(rotated, () => {
    const old = rotated.previous_until === null ? 'has ended' : `counts until ${when(rotated.previous_until)}`
    out.note(`The token "${rotated.name}" has a new secret; the old one ${old}. It is shown this once:`)
    out.line(rotated.token)
  })
}

async function list(_options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const page = await connectToGateway().tokens.list()
  out.answer(page, () => {
    const rows = page.items.map((token) => [
      token.id,
      token.name,
      token.role,
      `${token.hint}…`,
      token.revoked_at !== null ? 'revoked' : token.expires_at === null ? 'never expires' : `until ${when(token.expires_at)}`,
      limitsOf(token),
      confinementOf(token),
      token.last_used_at === null ? 'never' : when(token.last_used_at),
    ])
    out.table(['id', 'name', 'role', 'token', 'valid', 'calls', 'for', 'last used'], rows, 'There are no tokens.')
  })
}

async function revoke(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  await connectToGateway().tokens.revoke(id)
  out.note(`Revoked ${id}. Requests with it are refused from now on.`)
}

export function registerTokens(program: Command): void {
  const token = program.command('token').alias('tokens').description('make, list, change, rotate and revoke tokens')
  token
    .command('create')
    .description('make a token and print it')
    .argument('<name>', 'what it is for')
    .addOption(new Option('--role <role>', 'what it may do').choices(roles))
    .option('--expires <time>', 'a date, or a span such as 30d')
    .option('--per-minute <calls>', 'at most so many calls in any 60 seconds', parseCalls)
    .option('--per-day <calls>', 'at most so many calls in any 24 hours', parseCalls)
    .option('--team <id>', 'the team whose connections it reaches')
    .option('--toolset <slug>', 'the only tools it has')
    .option('--environment <names...>', 'whose connections alone it uses')
    .option('--from <cidrs...>', 'address ranges from which alone it is used, such as 203.0.113.7/32')
    .option('--replay <cassette>', 'answer every call from this cassette, and send nothing')
    .action(create)
  token
    .command('update')
    .description('change a token from its next request on; none lifts a bound')
    .argument('<id>', 'id of the token')
    .option('--name <name>', 'what it is for')
    .addOption(new Option('--role <role>', 'what it may do').choices(roles))
    .option('--expires <time>', 'a date, a span such as 30d, or none')
    .option('--per-minute <calls>', 'at most so many calls in any 60 seconds, or none', orNone(parseCalls))
    .option('--per-day <calls>', 'at most so many calls in any 24 hours, or none', orNone(parseCalls))
    .option('--toolset <slug>', 'the only tools it has, or none')
    .option('--environment <names...>', 'whose connections alone it uses, or none')
    .option('--from <cidrs...>', 'address ranges from which alone it is used, or none')
    .option('--replay <cassette>', 'answer every call from this cassette, or none')
    .action(update)
  token.command('list').description('list the tokens').action(list)
  token
    .command('rotate')
    .description('give a token a new secret and print it')
    .argument('<id>', 'id of the token')
    .option('--overlap <span>', 'how long the old secret still counts, such as 24h; at most 7d', parseOverlap)
    .action(rotate)
  token.command('revoke').description('revoke a token').argument('<id>', 'id of the token').action(revoke)
}
