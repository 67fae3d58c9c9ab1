import { setTimeout as delay } from 'node:timers/promises'
import { type Sallyport, SallyportProblem } from '@sallyport/sdk'

/** Mixed load that remembers what it was told, so that it can be held against what is true. */

/** What a caller knows of one write that it asked for, by the number in it. */
export interface Write {
  readonly number: number
  readonly action: 'pay' | 'pay_asked'
  readonly key: string
  /** Ids of calls that were answered with success. */
  readonly acknowledged: string[]
  /** Problems the gateway answered, with the call they name. */
  readonly problems: { readonly code: string; readonly callId: string | undefined }[]
  /** Set once a person is asked. */
  approval: { readonly id: string; readonly callId: string } | null
  /** What came of approving: null when no answer came, or nobody approved. */
  approved: 'ran' | 'failed' | 'refused' | null
}

export interface Told {
  readonly writes: Map<number, Write>
  /** Ids of reads that were answered. */
  readonly reads: string[]
  /** Requests that got no answer, or were told to come back. */
  turnedAway: number
}

export interface Callers {
  readonly agent: Sallyport
  readonly approver: Sallyport
}

let lastNumber = 0

export function noteNothing(): Told {
  return { writes: new Map(), reads: [], turnedAway: 0 }
}

function problemOf(error: unknown): SallyportProblem | null {
  return error instanceof SallyportProblem ? error : null
}

/** Asks for a write, or asks again with the same key, and notes the answer. */
export async function pay({ agent }: Callers, write: Write): Promise<void> {
  const { number, action, key } = write
  try {
    const answer = await agent.calls.create({ connector: 'ledger', action, input: { amount: number }, idempotency_key: key })
    if ('approval' in answer) write.approval = { id: answer.approval.id, callId: answer.id }
    else write.acknowledged.push(answer.id)
  } catch (error) {
    const problem = problemOf(error)
    if (problem !== null) write.problems.push({ code: problem.code, callId: problem.callId })
  }
}

async function approve({ approver }: Callers, write: Write): Promise<void> {
  if (write.approval === null) return
  try {
    const { call } = await approver.approvals.approve(write.approval.id)
    write.approved = call === null ? 'failed' : 'ran'
  } catch (error) {
    if (problemOf(error)?.code === 'CONFLICT') write.approved = 'refused'
  }
}

function newWrite(told: Told, action: Write['action']): Write {
  const number = ++lastNumber
  const write: Write = { number, action, key: `chaos-${number}`, acknowledged: [], problems: [], approval: null, approved: null }
  told.writes.set(number, write)
  return write
}

/** One thing after the other until it is told to stop. */
async function work(callers: Callers, told: Told, random: () => number, pauseMs: number, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const dice = random()
    if (dice < 0.35) {
      await callers.agent.calls.create({ connector: 'ledger', action: 'look' }).then(
        ({ id }) => told.reads.push(id),
        () => told.turnedAway++,
      )
    } else if (dice < 0.85) {
      const write = newWrite(told, 'pay')
      // Some ask twice at once, some ask again.
      await Promise.all(random() < 0.2 ? [pay(callers, write), pay(callers, write)] : [pay(callers, write)])
      if (random() < 0.2) await pay(callers, write)
    } else {
      const write = newWrite(told, 'pay_asked')
      await pay(callers, write)
      if (random() < 0.8)
        await Promise.all(random() < 0.3 ? [approve(callers, write), approve(callers, write)] : [approve(callers, write)])
    }
    await delay(random() * pauseMs)
  }
}

export interface Load {
  readonly told: Told
  /** Resolves when every request that was under way has ended. */
  stop(): Promise<void>
}

export function startLoad(
  callers: Callers,
  random: () => number,
  { workers, pauseMs }: { workers: number; pauseMs: number },
): Load {
  const told = noteNothing()
  const ending = new AbortController()
  const working = Promise.all(Array.from({ length: workers }, () => work(callers, told, random, pauseMs, ending.signal)))
  return {
    told,
    stop: async () => {
      ending.abort()
      await working
    },
  }
}
