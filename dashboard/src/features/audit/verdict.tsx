import { formatCount, formatFull, plural } from '../../lib/format.ts'
import { ErrorNotice } from '../../ui/states.tsx'
import { Mark } from '../../ui/status.tsx'
import type { Report } from './verify-all.ts'

interface VerdictProps {
  readonly report: Report | undefined
  readonly error: Error | null
  /** While it runs: how far it is. */
  readonly reached: { readonly to: number; readonly head: number } | null
}

/** Shown at once; the command line names the others. */
const most = 10

/** Whether the log is as it was written, as far as it was looked at. */
export function Verdict({ report, error, reached }: VerdictProps) {
  if (error) return <ErrorNotice error={error} className="mx-4 mb-3 md:mx-8" />
  if (reached)
    return (
      <p role="status" className="px-4 pb-3 text-ink-2 tabular md:px-8">
        Verified up to #{formatCount(reached.to)} of #{formatCount(reached.head)}…
      </p>
    )
  if (report === undefined) return null
  const { problems } = report
  const sound = problems.length === 0
  return (
    <section role="status" aria-label="Verification" className="px-4 pb-3 md:px-8">
      <p className="flex items-center gap-2">
        <Mark
          state={sound ? { shape: 'disc', tone: 'ok', words: 'Verified' } : { shape: 'disc', tone: 'bad', words: 'Broken' }}
        />
        {sound ? (
          <span>
            Verified up to #{formatCount(report.to)} at {formatFull(report.at)}:{' '}
            <span className="text-ink-2">
              {plural(report.entries, 'entry', 'entries')}, {plural(report.checkpoints, 'signed checkpoint')}
            </span>
          </span>
        ) : (
          <span className="font-medium text-bad">{plural(problems.length, 'place')} of the log are not as they were written</span>
        )}
      </p>
      {!sound && (
        <ul className="mt-1.5 space-y-1 text-ink-2">
          {problems.slice(0, most).map(({ kind, seq, detail }) => (
            <li key={`${kind} ${seq}`}>{detail}</li>
          ))}
          {problems.length > most && <li>and {plural(problems.length - most, 'more', 'more')}</li>}
        </ul>
      )}
    </section>
  )
}
