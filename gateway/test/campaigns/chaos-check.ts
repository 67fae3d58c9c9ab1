import type { Sallyport } from '@sallyport/sdk'
import { type Callers, pay, type Told, type Write } from './chaos-load.ts'

type CallRecord = Awaited<ReturnType<Sallyport['calls']['get']>>

/** How often the API has got the write of a number. */
export type Counts = ReadonlyMap<number, number>

/** Codes of answers that may have no record: the record could not be written, and the caller was told so. */
const unrecorded: readonly string[] = ['UNAVAILABLE', 'INTERNAL']

export interface Log {
  readonly byId: ReadonlyMap<string, CallRecord>
  /** Records of writes by their number. */
  readonly byNumber: ReadonlyMap<number, readonly CallRecord[]>
}

/** The log from a time on, all of it, over the API. Throws when a page repeats or goes back. */
export async function readLog(owner: Sallyport, since: string): Promise<Log> {
  const byId = new Map<string, CallRecord>()
  const byNumber = new Map<number, CallRecord[]>()
  let cursor: string | null = null
  let before = '~'
  do {
    const page: Awaited<ReturnType<Sallyport['calls']['list']>> = await owner.calls.list({
      since,
      limit: 200,
      ...(cursor !== null && { cursor }),
    })
    for (const { id } of page.items) {
      if (id >= before) throw new Error(`the log shows ${id} after ${before}`)
      before = id
    }
    const records = await Promise.all(page.items.map(({ id }) => owner.calls.get(id)))
    for (const record of records) {
      byId.set(record.id, record)
      const number = (record.input as { amount?: number } | null)?.amount
      if (number !== undefined) byNumber.set(number, [...(byNumber.get(number) ?? []), record])
    }
    cursor = page.next_cursor
  } while (cursor !== null)
  return { byId, byNumber }
}

/** What is not as it was promised; empty when everything is. `survived`: the gateway lived on, so ends may still be unwritten. */
export function violationsOf(told: Told, log: Log, counts: Counts, survived: boolean): string[] {
  const wrong: string[] = []
  for (const id of told.reads)
    if (log.byId.get(id)?.status !== 'succeeded')
      wrong.push(`read ${id} was answered and is ${log.byId.get(id)?.status ?? 'not'} on record`)
  for (const write of told.writes.values()) wrong.push(...violationsOfWrite(write, log, counts.get(write.number) ?? 0))
  for (const record of log.byId.values()) {
    if (record.status === 'started' && !survived) wrong.push(`call ${record.id} is still under way in the log of a new gateway`)
  }
  return wrong
}

function violationsOfWrite(write: Write, log: Log, count: number): string[] {
  const { number, action, acknowledged, problems, approval, approved } = write
  const records = log.byNumber.get(number) ?? []
  const name = `${action} ${number}`
  const wrong: string[] = []
  if (count > 1) wrong.push(`${name} reached the API ${count} times`)
  for (const id of acknowledged) {
    const record = log.byId.get(id)
    if (record?.status !== 'succeeded' || record.outcome !== 'done')
      wrong.push(`${name} was acknowledged as ${id}, on record as ${record?.status ?? 'nothing'}/${record?.outcome ?? ''}`)
    if (count !== 1) wrong.push(`${name} was acknowledged and reached the API ${count} times`)
  }
  if (new Set(acknowledged).size > 1) wrong.push(`${name} was acknowledged as different calls: ${acknowledged.join(', ')}`)
  for (const { code, callId } of problems) {
    const record = callId === undefined ? undefined : log.byId.get(callId)
    // A repetition that is refused for the call it repeats leaves no record of that call's fate.
    if (record === undefined && callId !== undefined && !unrecorded.includes(code))
      wrong.push(`${name} failed as ${callId} with ${code} and is not on record`)
  }
  const admitting = records.filter(({ outcome }) => outcome !== 'not_sent')
  if (count > 0 && admitting.length === 0)
    wrong.push(
      `${name} reached the API and no record says that it may have: ${records.map(({ status, outcome }) => `${status}/${outcome}`).join(', ')}`,
    )
  if (count === 0 && records.some(({ status }) => status === 'succeeded'))
    wrong.push(`${name} succeeded on record and never reached the API`)
  if (approval !== null && approved === 'ran' && count !== 1)
    wrong.push(`${name} was approved and ran, and reached the API ${count} times`)
  if (approval !== null && !log.byId.has(approval.callId))
    wrong.push(`${name} waits as ${approval.callId}, which is not on record`)
  return wrong
}

/** The audit log from its beginning to its end: nothing of it may be missing, changed or in another order. */
export async function auditProblems(owner: Sallyport): Promise<{ entries: number; problems: string[] }> {
  const problems: string[] = []
  let entries = 0
  let from: number | null = 1
  while (from !== null) {
    const step: Awaited<ReturnType<Sallyport['audit']['verify']>> = await owner.audit.verify({ from })
    entries += step.entries
    problems.push(...step.problems.map((problem) => JSON.stringify(problem)))
    from = step.next
  }
  return { entries, problems }
}

/** Asks for every write again with its key: none may happen twice, and what was acknowledged must be answered as it was. */
export async function repeatAll(callers: Callers, told: Told): Promise<string[]> {
  const wrong: string[] = []
  for (const write of told.writes.values()) {
    if (write.action === 'pay_asked') continue
    const repetition: Write = { ...write, acknowledged: [], problems: [] }
    await pay(callers, repetition)
    const [first] = write.acknowledged
    if (first !== undefined && repetition.acknowledged[0] !== first && repetition.problems[0]?.code !== 'CONFLICT')
      wrong.push(
        `pay ${write.number} was acknowledged as ${first} and repeats as ${repetition.acknowledged[0] ?? repetition.problems[0]?.code}`,
      )
  }
  return wrong
}
