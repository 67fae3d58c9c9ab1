import { CronExpressionParser } from 'cron-parser'

export interface Schedule {
  readonly cron: string
  readonly timezone?: string | undefined
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== null
  } catch {
    return false
  }
}

/** The next time after `after`, in milliseconds; a sentence about what is wrong with the schedule otherwise. */
export function nextTime({ cron, timezone = 'UTC' }: Schedule, after: number): number | string {
  if (!isTimezone(timezone)) return `has the time zone ${timezone}, which there is not; write it as Europe/Prague`
  // Six would be seconds, which is a load and no schedule.
  if (cron.trim().split(/\s+/).length !== 5) return 'must have five fields: minute, hour, day, month, day of the week'
  try {
    return CronExpressionParser.parse(cron, { tz: timezone, currentDate: new Date(after) })
      .next()
      .getTime()
  } catch (error) {
    return `is no schedule: ${error instanceof Error ? error.message.slice(0, 200) : 'unknown'}`
  }
}
