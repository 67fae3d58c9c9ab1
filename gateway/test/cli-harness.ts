import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { gatewayBin } from './support/data-dir.ts'

/** The Node that the machine brings, which may be older than the one that tests run on. */
export const systemNode =
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .map((folder) => join(folder, 'node'))
    .find(existsSync) ?? process.execPath

interface Received {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly authorization: string | undefined
  readonly body: unknown
}

interface Answer {
  readonly status?: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}
type Answers = Readonly<Record<string, Answer | ((request: Received) => Answer)>>

export const token = 'sp_test_0123456789abcdefghijklmnopqrstuv'

const opened: (() => unknown)[] = []
/** Closes what a test has opened: for afterEach. */
export async function closeAll(): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close()
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-cli-'))
  opened.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text === '' ? undefined : JSON.parse(text)
}

/** The other side of the command line: a server that speaks the API, with the answers a test gives it. */
export async function startApi(answers: Answers) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://api')
    const seen: Received = {
      method: request.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      authorization: request.headers.authorization,
      body: await bodyOf(request),
    }
    received.push(seen)
    const found = answers[`${seen.method} ${seen.path.replace('/api/v1', '')}`]
    const missing: Answer = { status: 404, body: problem('NOT_FOUND', `Nothing at ${seen.method} ${seen.path}.`) }
    const { status = 200, body, headers = {} } = (typeof found === 'function' ? found(seen) : found) ?? missing
    const type = status < 400 ? 'application/json' : 'application/problem+json'
    response.writeHead(status, { ...(body !== undefined && { 'content-type': type }), ...headers })
    response.end(body === undefined ? '' : JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

export function problem(code: string, detail: string, more: object = {}) {
  return { type: `urn:sallyport:problem:${code}`, code, title: 'Title', status: 400, detail, resolution: 'Do this.', ...more }
}

interface Run {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** Address of the gateway; without one the environment names none. */
  readonly url?: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  readonly node?: string
  readonly cwd?: string
}

/** A command that runs, in an environment of its own. */
export class Running {
  readonly child: ChildProcess
  readonly ended: Promise<Run>
  stdout = ''
  stderr = ''

  constructor(file: string, args: readonly string[], options: RunOptions) {
    this.child = spawn(file, args, {
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        TERM: 'xterm',
        ...(options.url !== undefined && { SALLYPORT_URL: options.url, SALLYPORT_TOKEN: token }),
        ...options.env,
      },
    })
    this.child.stdout?.on('data', (chunk) => (this.stdout += String(chunk)))
    this.child.stderr?.on('data', (chunk) => (this.stderr += String(chunk)))
    this.ended = once(this.child, 'close').then(([code, signal]) => ({ code, signal, stdout: this.stdout, stderr: this.stderr }))
    opened.push(() => this.child.kill('SIGKILL'))
  }

  /** Resolves when the text has been printed. */
  printed(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!(this.stdout + this.stderr).includes(text)) return
        for (const stream of streams) stream?.off('data', look)
        resolve()
      }
      const streams = [this.child.stdout, this.child.stderr]
      for (const stream of streams) stream?.on('data', look)
      void this.ended.then(() => reject(new Error(`ended without printing ${text}:\n${this.stdout}${this.stderr}`)))
      look()
    })
  }

  type(text: string): void {
    this.child.stdin?.write(text)
  }
}

export function start(args: readonly string[], options: RunOptions = {}): Running {
  return new Running(options.node ?? process.execPath, [gatewayBin, ...args], options)
}

export async function run(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const running = start(args, options)
  running.child.stdin?.end(options.input ?? '')
  return running.ended
}

/** At a terminal: util-linux's `script` makes one. What the terminal shows is the standard output. */
export function startAtTerminal(args: readonly string[], options: RunOptions = {}): Running {
  const quoted = [options.node ?? process.execPath, gatewayBin, ...args]
    .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
    .join(' ')
  return new Running('script', ['-qec', `exec ${quoted}`, '/dev/null'], options)
}
