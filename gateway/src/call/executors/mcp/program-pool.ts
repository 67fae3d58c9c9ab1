import type { Clock } from '../../../clock.ts'
import { openProgramClient } from '../../../connections/mcp/client.ts'
import { type ProgramTransport, programTransport, programValues } from '../../../connections/mcp/program-transport.ts'
import type { Program } from '../../../egress/programs/allowed.ts'
import type { Programs } from '../../../egress/programs/programs.ts'
import { SallyportError } from '../../../errors.ts'
import { fingerprintsOf, type Kept, listening } from './kept.ts'
import { farewellMs } from './turn.ts'
import type { McpSession, McpUse, Turn } from './types.ts'

/** The next caller may have somebody who can be asked; without, the answer is no at once. */
const capabilities = { elicitation: { form: {}, url: {} } }
/** Calls that wait for a process of one connection. */
const maxWaiting = 50

interface Running extends Kept {
  readonly way: ProgramTransport
  /** What it was started with: another credential or version wants another process. */
  readonly key: string
  timer?: NodeJS.Timeout | undefined
}

/** The processes of one connection. */
interface Line {
  /** Those that run, also while they start and end. */
  count: number
  readonly idle: Running[]
  readonly waiting: (() => void)[]
}

interface Taken {
  readonly kept: Running
  readonly line: Line
  /** Whether an earlier call has used it. */
  readonly used: boolean
}

const keyOf = ({ connection: { connector, credentialVersion, settings } }: McpUse, program: Program): string =>
  JSON.stringify([program.name, connector.version, credentialVersion, settings])

interface Dependencies {
  readonly clock: Clock
  readonly programs: Programs
}

/**
 * Processes of programs, for one call at a time: what a process writes meanwhile is about that call. They are one connection's,
 * whoever calls over it.
 */
export function createProgramPool({ clock, programs }: Dependencies) {
  const lines = new Map<string, Line>()

  function lineOf(id: string): Line {
    const line = lines.get(id) ?? { count: 0, idle: [], waiting: [] }
    lines.set(id, line)
    return line
  }

  /** A process has become idle, or has gone. */
  function next(id: string, line: Line): void {
    line.waiting.shift()?.()
    if (line.count === 0 && line.waiting.length === 0 && lines.get(id) === line) lines.delete(id)
  }

  function dropIdle(line: Line, one: Running): boolean {
    const at = line.idle.indexOf(one)
    if (at === -1) return false
    line.idle.splice(at, 1)
    clearTimeout(one.timer)
    return true
  }

  async function end(id: string, line: Line, { client, way }: Running): Promise<void> {
    await client.close().catch(() => {})
    await way.close().catch(() => {})
    line.count--
    next(id, line)
  }

  function wait({ signal }: McpUse, line: Line): Promise<void> {
    if (line.waiting.length >= maxWaiting)
      throw new SallyportError('UNAVAILABLE', {
        detail: 'Too many calls wait for the program of the MCP server, which does one at a time.',
        retryAfterSeconds: 5,
      })
    return new Promise((resolve, reject) => {
      const leave = () => {
        line.waiting.splice(line.waiting.indexOf(turn), 1)
        reject(signal.reason)
      }
      const turn = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      line.waiting.push(turn)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  async function start(run: McpUse, turn: Turn, program: Program, key: string, line: Line): Promise<Running> {
    const { connection, fields, timeLeft, signal } = run
    const { id, workspaceId, settings } = connection
    let kept: Running | null = null
    line.count++
    try {
      const way = await programTransport({
        ...{ programs, program, workspaceId, owner: id, values: programValues(settings, fields) },
        sending: (message) => 'method' in message && (kept?.turn ?? turn).sending(message.method),
      })
      const client = await openProgramClient(way, { timeoutMs: timeLeft(), signal, capabilities })
      const made: Running = { client, way, key, turn, listed: null }
      kept = made
      const previous = client.onclose
      client.onclose = () => {
        previous?.()
        // It has ended while nobody used it.
        if (dropIdle(line, made)) void end(id, line, made)
      }
      return await listening(made, capabilities)
    } catch (error) {
      line.count--
      next(id, line)
      throw error
    }
  }

  /** One that does nothing, or a new one, or the next that has done its work. */
  async function take(run: McpUse, turn: Turn, program: Program): Promise<Taken> {
    const { id } = run.connection
    const key = keyOf(run, program)
    for (;;) {
      const line = lineOf(id)
      for (const old of line.idle.filter((one) => one.key !== key)) if (dropIdle(line, old)) void end(id, line, old)
      const known = line.idle.at(-1)
      if (known !== undefined) {
        dropIdle(line, known)
        return { kept: known, line, used: true }
      }
      if (line.count < program.processes) return { kept: await start(run, turn, program, key, line), line, used: false }
      await wait(run, line)
    }
  }

  return {
    async enter(run: McpUse, turn: Turn, name: string): Promise<McpSession> {
      const program = programs.find(name)
      const { id } = run.connection
      const { kept, line, used } = await take(run, turn, program)
      kept.turn = turn
      return {
        client: kept.client,
        used,
        fingerprints: (use) => fingerprintsOf(kept, use, clock),
        listen: async () => {},
        leave(sound) {
          kept.turn = null
          if (sound && kept.way.over() === null) {
            programs.worked(id)
            line.idle.push(kept)
            kept.timer = setTimeout(() => dropIdle(line, kept) && void end(id, line, kept), program.idleMs).unref()
            next(id, line)
            // What was given up may still be at work: it is told, and then ended.
          } else if (kept.way.over() === null) setTimeout(() => void end(id, line, kept), farewellMs).unref()
          else void end(id, line, kept)
        },
      }
    },

    async close(): Promise<void> {
      for (const [id, line] of lines)
        await Promise.all([...line.idle].map((one) => (dropIdle(line, one) ? end(id, line, one) : undefined)))
    },
  }
}
