import type { Clock } from '../../clock.ts'
import { SallyportError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { Secret } from '../../secret.ts'
import { createRedactor } from '../redact.ts'
import type { Program } from './allowed.ts'
import { type RunningProgram, startProcess } from './process.ts'

/** Processes at once, of one workspace and of all. */
const maxOfWorkspace = 20
const maxOfAll = 100
/** A program that keeps ending is started again after 1 s, then 2 s, and so on, up to this. */
const maxPauseMs = 60_000
const maxRemembered = 1_000

export interface ProgramUse {
  readonly workspaceId: string
  /** Whose processes they are: a connection. */
  readonly owner: string
  readonly values: Readonly<Record<string, string | Secret>>
  readonly line: (line: string) => void
  readonly ended: (why: string) => void
}

/** The programs that the operator listed: the only ones that run, and only as listed. */
export interface Programs {
  readonly allowed: readonly Program[]
  /** Throws FORBIDDEN for one that the operator has not listed. */
  find(name: string): Program
  /** Throws UNAVAILABLE when too many run, or when it has ended too often of late. */
  start(program: Program, use: ProgramUse): Promise<RunningProgram>
  /** It has done what it was started for. */
  worked(owner: string): void
  close(): Promise<void>
}

interface Failures {
  readonly count: number
  readonly at: number
}

export function createPrograms(list: ReadonlyMap<string, Program>, { clock, log }: { clock: Clock; log: Log }): Programs {
  const running = new Map<RunningProgram, string>()
  const starting = new Map<string, number>()
  const failures = new Map<string, Failures>()
  let closed = false

  function requireRoom(workspaceId: string): void {
    const inWorkspace = [...running.values()].filter((one) => one === workspaceId).length + (starting.get(workspaceId) ?? 0)
    const all = running.size + [...starting.values()].reduce((sum, count) => sum + count, 0)
    if (inWorkspace < maxOfWorkspace && all < maxOfAll) return
    throw new SallyportError('UNAVAILABLE', {
      detail: 'Too many programs of MCP servers are running. Try again once some of them are idle.',
      retryAfterSeconds: 30,
    })
  }

  function requireRest(owner: string): void {
    const failed = failures.get(owner)
    if (failed === undefined || failed.count < 2) return
    const wait = failed.at + Math.min(maxPauseMs, 1_000 * 2 ** (failed.count - 2)) - clock.monotonic()
    if (wait <= 0) return
    throw new SallyportError('UNAVAILABLE', {
      detail: `The program of the MCP server has ended ${failed.count} times in a row. It is started again after a pause.`,
      retryAfterSeconds: Math.ceil(wait / 1000),
    })
  }

  function failed(owner: string): void {
    const count = (failures.get(owner)?.count ?? 0) + 1
    failures.delete(owner)
    failures.set(owner, { count, at: clock.monotonic() })
    const [oldest] = failures.keys()
    if (failures.size > maxRemembered && oldest !== undefined) failures.delete(oldest)
  }

  const count = (workspaceId: string, by: number) => {
    const now = (starting.get(workspaceId) ?? 0) + by
    if (now === 0) starting.delete(workspaceId)
    else starting.set(workspaceId, now)
  }

  return {
    allowed: [...list.values()],

    find(name) {
      const program = list.get(name)
      if (program !== undefined) return program
      throw new SallyportError('FORBIDDEN', {
        detail: `The operator of this gateway permits no program "${name}". What may run on its machine is listed in the file of SALLYPORT_MCP_PROGRAMS.`,
      })
    },

    async start(program, { workspaceId, owner, values, line, ended }) {
      if (closed) throw new SallyportError('UNAVAILABLE', { detail: 'The gateway is stopping.', retryAfterSeconds: 5 })
      requireRest(owner)
      requireRoom(workspaceId)
      const secrets = Object.values(values).flatMap((value) => (Secret.is(value) ? [value] : []))
      const redactor = createRedactor(secrets)
      const facts = { program: program.name, owner }
      let stopped = false
      let own: RunningProgram | null = null
      count(workspaceId, 1)
      try {
        const started = await startProcess(program, values, {
          line,
          said: (text) =>
            log.info({ ...facts, said: redactor.text(text).slice(0, 2_000) }, 'the program of an MCP server writes'),
          ended(why) {
            if (own !== null) running.delete(own)
            if (!stopped) {
              failed(owner)
              log.warn({ ...facts, why }, 'the program of an MCP server has ended')
            }
            ended(why)
          },
        })
        const guarded: RunningProgram = {
          send: started.send,
          async stop() {
            stopped = true
            await started.stop()
          },
        }
        own = guarded
        running.set(guarded, workspaceId)
        log.debug(facts, 'the program of an MCP server was started')
        return guarded
      } finally {
        count(workspaceId, -1)
      }
    },

    worked: (owner) => void failures.delete(owner),

    async close() {
      closed = true
      await Promise.all([...running.keys()].map((one) => one.stop()))
    },
  }
}
