import type { components } from './api.ts'

type CallRecord = components['schemas']['CallRecord']
type RunDetail = components['schemas']['RunDetail']

/** Between two looks at what waits: often at first, for whoever approves at once. */
const pollMs = { first: 250, most: 2000 }

/** Looks at a call until it has ended. */
export async function untilEnded(look: () => Promise<CallRecord>): Promise<CallRecord> {
  for (let delay = pollMs.first; ; delay = Math.min(delay * 1.5, pollMs.most)) {
    const record = await look()
    if (record.status !== 'pending_approval' && record.status !== 'started') return record
    await new Promise((resolve) => setTimeout(resolve, delay))
  }
}

/** Looks at a run until it has ended, or waits. */
export async function untilSettled(look: () => Promise<RunDetail>): Promise<RunDetail> {
  for (let delay = pollMs.first; ; delay = Math.min(delay * 1.5, pollMs.most)) {
    const run = await look()
    if (run.status !== 'queued' && run.status !== 'running') return run
    await new Promise((resolve) => setTimeout(resolve, delay))
  }
}
