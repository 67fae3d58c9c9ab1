import type { ErrorCode } from '../errors.ts'
import type { StepResult } from './types.ts'

/** Another worker has the run, or it was cancelled: nothing may be written any more. */
export class LostRun extends Error {
  override readonly name = 'LostRun'
}

/** Nothing is left to do before a time, or before somebody else wakes the run. */
export class Suspended extends Error {
  override readonly name = 'Suspended'
  readonly wakeAt: number | null

  constructor(wakeAt: number | null) {
    super('suspended')
    this.wakeAt = wakeAt
  }
}

/** A preview has come to a write. */
export class Checkpoint extends Error {
  override readonly name = 'Checkpoint'
}

/** A step failed, and said so in the journal. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed'
  readonly code: ErrorCode
  readonly detail: string
  readonly step: string
  readonly result: StepResult

  constructor(step: string, code: ErrorCode, detail: string, result: StepResult = {}) {
    super(detail)
    this.step = step
    this.code = code
    this.detail = detail
    this.result = result
  }
}
