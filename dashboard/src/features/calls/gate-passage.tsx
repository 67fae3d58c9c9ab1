import type { CallStatus, Outcome } from '../../api/types.ts'
import { cx } from '../../lib/cx.ts'
import { Mark } from '../../ui/status.tsx'

interface PassageProps {
  readonly outcome: Outcome
  readonly status: CallStatus
  readonly caller: string
  readonly callerNote: string
  readonly api: string
  readonly upstreamStatus: number | null
  /** Whether the call got as far as using the credential. */
  readonly keyUsed: boolean
}

/** The host of an address, or "API" when there is none. */
export const hostOf = (url: string | null): string => (url && URL.canParse(url) ? new URL(url).host : 'API')

/**
 * How far a call came, as the two doors: stopped at the first, waiting between them, gone out without an answer, or
 * answered.
 */
export function GatePassage({ outcome, status, caller, callerNote, api, upstreamStatus, keyUsed }: PassageProps) {
  const waiting = status === 'pending_approval'
  const out = outcome !== 'not_sent'
  // By a mock or a recording.
  const inside = !out && status === 'succeeded'
  const words = waiting
    ? 'The call waits inside the gate for a decision.'
    : inside
      ? 'The call was answered inside the gate; the API never saw it.'
      : outcome === 'not_sent'
        ? 'The call was stopped inside the gate; the API never saw it.'
        : outcome === 'sent_unknown'
          ? 'The request left, but no answer came back.'
          : 'The request reached the API and was answered.'
  return (
    <div role="img" aria-label={words} className="flex items-center gap-2 rounded-panel bg-sunken px-3 py-3 text-small sm:px-4">
      <End name={caller} note={callerNote} />
      <span className="h-0.5 min-w-4 flex-1 rounded-full bg-ink-3" />
      <svg viewBox="0 0 64 44" aria-hidden className="w-16 shrink-0 sm:w-[5.8rem]">
        <g strokeWidth="4" strokeLinecap="round">
          <path d="M14 6v20" stroke="var(--ink-2)" />
          <path d="M14 36v2" stroke="var(--edge)" />
          <path d="M50 18v20" stroke="var(--ink-2)" />
          <path d="M50 6v2" stroke="var(--edge)" />
        </g>
        <path
          d={out ? 'M0 31h20c9 0 15-18 24-18h20' : 'M0 31h20c4 0 6-4 9-8'}
          fill="none"
          stroke="var(--ink-3)"
          strokeWidth="2"
        />
        {keyUsed && <circle cx="32" cy="22" r="4.5" fill="var(--accent)" stroke="var(--sunken)" strokeWidth="2" />}
        {!out &&
          !keyUsed &&
          (waiting || inside ? (
            <circle cx="32" cy="20" r="4" fill={inside ? 'var(--ok)' : 'var(--wait)'} />
          ) : (
            <rect x="28" y="16" width="8" height="8" rx="2" fill="var(--bad)" />
          ))}
      </svg>
      <span className="relative h-0.5 min-w-4 flex-1">
        <span
          className={cx(
            'absolute inset-0 rounded-full',
            out
              ? outcome === 'sent_unknown'
                ? 'bg-[repeating-linear-gradient(90deg,var(--warn)_0_4px,transparent_4px_9px)]'
                : 'bg-ink-3'
              : 'bg-[repeating-linear-gradient(90deg,var(--edge)_0_2px,transparent_3px_8px)]',
          )}
        />
      </span>
      <End
        name={api}
        note={
          outcome === 'sent_unknown'
            ? 'no answer'
            : upstreamStatus === null
              ? waiting
                ? 'not yet sent'
                : 'not reached'
              : `answered ${upstreamStatus}`
        }
        tone={outcome === 'sent_unknown' ? 'warn' : upstreamStatus !== null && upstreamStatus >= 400 ? 'bad' : undefined}
      />
    </div>
  )
}

function End({ name, note, tone }: { readonly name: string; readonly note: string; readonly tone?: 'warn' | 'bad' | undefined }) {
  return (
    <span className="max-w-[36%] min-w-0 text-center leading-tight">
      <span className="block truncate font-medium" title={name}>
        {name}
      </span>
      <span
        className={cx(
          'flex items-center justify-center gap-1 text-micro',
          tone === 'warn' ? 'text-warn' : tone === 'bad' ? 'text-bad' : 'text-ink-3',
        )}
      >
        {tone === 'bad' && <Mark state={{ shape: 'square', tone: 'bad', words: '' }} size={9} />}
        {note}
      </span>
    </span>
  )
}
