import { Sallyport } from '@sallyport/sdk'
import { type Command, InvalidArgumentError } from 'commander'
import { processEnvironment } from '../config.ts'
import { CliError } from './failure.ts'
import { Output } from './output.ts'

const defaultUrl = 'http://127.0.0.1:8080'

export function outputOf(command: Command): Output {
  return new Output(command.optsWithGlobals().json === true)
}

export function gatewayUrl(): string {
  const url = processEnvironment().SALLYPORT_URL || defaultUrl
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url
  throw new CliError(
    'INVALID_INPUT',
    `SALLYPORT_URL is not an address: ${url}`,
    `Set it to the address of the gateway, such as ${defaultUrl}.`,
  )
}

/** The client of the gateway that the environment names. */
export function connectToGateway(): Sallyport {
  const token = processEnvironment().SALLYPORT_TOKEN?.trim()
  if (!token) {
    throw new CliError(
      'UNAUTHENTICATED',
      'SALLYPORT_TOKEN is not set, so the gateway would not know who asks.',
      `Make a token in the dashboard (${gatewayUrl()}, "Tokens") and run: export SALLYPORT_TOKEN=sp_…`,
    )
  }
  return new Sallyport({ url: gatewayUrl(), token })
}

export interface PageOptions {
  readonly limit?: number
  readonly cursor?: string
}

function parseLimit(value: string): number {
  const limit = Number(value)
  if (!/^\d+$/.test(value) || limit < 1 || limit > 200) throw new InvalidArgumentError('Give a number from 1 to 200.')
  return limit
}

/** Adds the options of a listing. */
export function withPages(command: Command): Command {
  return command
    .option('--limit <n>', 'how many at most, up to 200', parseLimit)
    .option('--cursor <cursor>', 'go on after a page')
}

export function pageQuery({ limit, cursor }: PageOptions): PageOptions {
  return { ...(limit !== undefined && { limit }), ...(cursor !== undefined && { cursor }) }
}

/** Says how to see the rest. */
export function noteNextPage(out: Output, nextCursor: string | null): void {
  if (nextCursor !== null) out.note(`There are more: --cursor ${nextCursor}`)
}

/** For an option that may be given several times. */
export function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value]
}
