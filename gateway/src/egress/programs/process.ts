import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { reveal, Secret } from '../../secret.ts'
import type { Program } from './allowed.ts'

/** Of one message of a program. */
const maxLineBytes = 16 * 1024 * 1024
/** Of all that it writes before it is sent something again. */
const maxOutputBytes = 64 * 1024 * 1024
const maxOpenFiles = 1024
/** How long a program may take to end by itself. */
const stopMs = 2_000
/** How long what it wrote before it ended is read. */
const drainMs = 500
/** Of what it writes to standard error: the length of a line, and how many of them in a while. */
const maxErrorLine = 16_384
const maxErrorLines = 100
const errorWindowMs = 10_000

/**
 * Sets the limits and becomes the program: nothing in it is text of anybody, all arrives as arguments. A limit that is
 * tighter already cannot be raised, and stays.
 */
const launcher = 'ulimit -c 0; ulimit -n "$1" 2>/dev/null; ulimit -d "$2" 2>/dev/null; shift 2; exec "$@"'

export interface ProgramEvents {
  readonly line: (line: string) => void
  readonly said: (line: string) => void
  /** Once, when nothing more comes. `why`: in words for people. */
  readonly ended: (why: string) => void
}

export interface RunningProgram {
  /** Writes a line. Rejects once it has ended. */
  send(line: string): Promise<void>
  /** Ends it and all it has started; resolves once they are gone. */
  stop(): Promise<void>
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // Nothing is left of it.
  }
}

/** Cuts a stream into lines; null once one is longer than it may be. */
function lineReader(maxBytes: number, take: (line: string) => void): (chunk: Buffer) => boolean {
  let parts: Buffer[] = []
  let length = 0
  return (chunk) => {
    let rest = chunk
    for (let at = rest.indexOf(10); at !== -1; at = rest.indexOf(10)) {
      if (length + at > maxBytes) return false
      const line = Buffer.concat([...parts, rest.subarray(0, at)]).toString('utf8')
      parts = []
      length = 0
      rest = rest.subarray(at + 1)
      take(line.endsWith('\r') ? line.slice(0, -1) : line)
    }
    length += rest.length
    if (length > maxBytes) return false
    if (rest.length > 0) parts.push(rest)
    return true
  }
}

/** What goes to the log of a program that says too much, or too much at once. */
function errorReader(said: (line: string) => void): (chunk: Buffer) => void {
  let count = 0
  let since = 0
  let tooLong = false
  const tell = (line: string) => {
    const now = performance.now()
    if (now - since > errorWindowMs) [count, since] = [0, now]
    count++
    if (count < maxErrorLines) said(line)
    else if (count === maxErrorLines) said('(it says more than is logged)')
  }
  const take = (line: string) => {
    if (!tooLong && line.trim() !== '') tell(line)
    tooLong = false
  }
  const make = () => lineReader(maxErrorLine, take)
  let read = make()
  return (chunk) => {
    if (read(chunk)) return
    // The end of such a line could be the rest of a secret, which nobody would recognise.
    if (!tooLong) tell('(a line that is too long)')
    read = make()
    tooLong = !chunk.subarray(-1).equals(Buffer.from('\n'))
  }
}

/** Only what it needs to run, what the operator gives all its processes, and what its connection fills in. */
function environmentOf({ env, variables }: Program, values: Readonly<Record<string, string | Secret>>, cwd: string) {
  const own = variables.flatMap(({ name }) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined) return []
    const text = Secret.is(value) ? reveal(value) : value
    return text.includes('\0') ? [] : [[name, text] as const]
  })
  const base = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', HOME: cwd, TMPDIR: cwd }
  return { ...base, ...env, ...Object.fromEntries(own) }
}

/** Starts a program in a group of its own, in an empty folder that goes with it. */
export async function startProcess(
  program: Program,
  values: Readonly<Record<string, string | Secret>>,
  { line, said, ended }: ProgramEvents,
): Promise<RunningProgram> {
  const cwd = await mkdtemp(join(tmpdir(), 'sallyport-mcp-'))
  const limits = [String(maxOpenFiles), String(program.memoryMb * 1024)]
  const child = spawn('/bin/sh', ['-c', launcher, 'sh', ...limits, program.command, ...program.args], {
    cwd,
    env: environmentOf(program, values, cwd),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  const { stdin, stdout, stderr } = child
  const closed = new Promise((resolve) => child.once('close', resolve))
  let written = 0
  let over: string | null = null
  const gone = once(child, 'exit').then(
    ([code, signal]: (number | string | null)[]) => `It ended with ${signal === null ? `code ${code}` : String(signal)}`,
    (error: unknown) => `It could not be started (${error instanceof Error ? error.message : 'unknown'})`,
  )
  const whole = gone.then(async (why) => {
    // What it has started may hold its pipes open; what it wrote last is still in them.
    killGroup(child, 'SIGKILL')
    await Promise.race([closed, delay(drainMs, undefined, { ref: false })])
    for (const stream of [stdin, stdout, stderr]) stream.destroy()
    await rm(cwd, { recursive: true, force: true }).catch(() => {})
    over ??= why
    ended(over)
  })
  const stopNow = (why: string) => {
    over ??= why
    killGroup(child, 'SIGKILL')
  }
  const readLine = lineReader(maxLineBytes, line)
  const readError = errorReader(said)
  stdout.on('data', (chunk: Buffer) => {
    if (over !== null) return
    written += chunk.length
    if (!readLine(chunk) || written > maxOutputBytes) stopNow('It wrote more than is read')
  })
  stderr.on('data', readError)
  // Its end tells more.
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => {})
  return {
    send(text) {
      if (over !== null) return Promise.reject(new Error(over))
      written = 0
      return new Promise((resolve, reject) => {
        stdin.write(`${text}\n`, (error) => (error == null ? resolve() : reject(error)))
      })
    },
    async stop() {
      over ??= 'It was stopped'
      stdin.end()
      killGroup(child, 'SIGTERM')
      const ending = new AbortController()
      await Promise.race([whole, delay(stopMs, undefined, { signal: ending.signal }).catch(() => {})])
      ending.abort()
      killGroup(child, 'SIGKILL')
      await whole
    },
  }
}
