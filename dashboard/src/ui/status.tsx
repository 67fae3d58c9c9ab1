import type { ReactNode } from 'react'
import type { ApprovalStatus, CallStatus, ConnectionStatus, Effect, Outcome, TestCheck } from '../api/types.ts'
import { cx } from '../lib/cx.ts'

/**
 * States are told by shape, colour and words together, so that none of them is needed alone.
 */

type Shape = 'disc' | 'ring' | 'triangle' | 'diamond' | 'square' | 'check' | 'half' | 'slash' | 'clock'
type Tone = 'ok' | 'warn' | 'bad' | 'wait' | 'idle'

const shapes: Record<Shape, ReactNode> = {
  disc: <circle cx="6" cy="6" r="4.25" fill="currentColor" />,
  ring: <circle cx="6" cy="6" r="3.75" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2.2 1.7" />,
  triangle: (
    <>
      <path d="M6 1.2 11.2 10.6H.8Z" fill="currentColor" strokeLinejoin="round" stroke="currentColor" />
      <path d="M6 4.6v2.6M6 8.8v.2" stroke="var(--panel)" strokeWidth="1.4" strokeLinecap="round" />
    </>
  ),
  diamond: (
    <>
      <path d="M6 .9 11.1 6 6 11.1.9 6Z" fill="currentColor" />
      <circle cx="6" cy="6" r="1.5" fill="var(--panel)" />
    </>
  ),
  square: (
    <>
      <rect x="1" y="1" width="10" height="10" rx="2" fill="currentColor" />
      <path d="m4 4 4 4m0-4L4 8" stroke="var(--panel)" strokeWidth="1.4" strokeLinecap="round" />
    </>
  ),
  check: (
    <path
      d="m2.2 6.4 2.6 2.7 5-6"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  ),
  half: (
    <>
      <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 1.75a4.25 4.25 0 0 1 0 8.5Z" fill="currentColor" />
    </>
  ),
  slash: (
    <>
      <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="m3.2 8.8 5.6-5.6" stroke="currentColor" strokeWidth="1.5" />
    </>
  ),
  clock: (
    <>
      <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 3.6V6l1.6 1.2" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" />
    </>
  ),
}

const tones: Record<Tone, string> = { ok: 'text-ok', warn: 'text-warn', bad: 'text-bad', wait: 'text-wait', idle: 'text-ink-3' }
export const washes: Record<Tone, string> = {
  ok: 'bg-ok-wash',
  warn: 'bg-warn-wash',
  bad: 'bg-bad-wash',
  wait: 'bg-wait-wash',
  idle: 'bg-sunken',
}

export interface State {
  readonly shape: Shape
  readonly tone: Tone
  readonly words: string
}

export const connectionStates: Record<ConnectionStatus, State> = {
  active: { shape: 'disc', tone: 'ok', words: 'Connected' },
  untested: { shape: 'ring', tone: 'idle', words: 'Not tested' },
  failing: { shape: 'triangle', tone: 'bad', words: 'Failing' },
  needs_reauth: { shape: 'diamond', tone: 'warn', words: 'Credential refused' },
}

export const callStates: Record<CallStatus, State> = {
  started: { shape: 'half', tone: 'idle', words: 'Running' },
  succeeded: { shape: 'check', tone: 'ok', words: 'Succeeded' },
  failed: { shape: 'square', tone: 'bad', words: 'Failed' },
  pending_approval: { shape: 'clock', tone: 'wait', words: 'Waits for approval' },
  rejected: { shape: 'slash', tone: 'warn', words: 'Rejected' },
  expired: { shape: 'ring', tone: 'idle', words: 'Expired' },
}

export const approvalStates: Record<ApprovalStatus, State> = {
  pending: { shape: 'clock', tone: 'wait', words: 'Waiting' },
  approved: { shape: 'half', tone: 'ok', words: 'Approved' },
  used: { shape: 'check', tone: 'ok', words: 'Approved and run' },
  rejected: { shape: 'slash', tone: 'warn', words: 'Rejected' },
  expired: { shape: 'ring', tone: 'idle', words: 'Expired' },
}

export const checkStates: Record<TestCheck['status'] | 'running', State> = {
  passed: { shape: 'check', tone: 'ok', words: 'Passed' },
  failed: { shape: 'square', tone: 'bad', words: 'Failed' },
  skipped: { shape: 'slash', tone: 'idle', words: 'Skipped' },
  running: { shape: 'half', tone: 'idle', words: 'Running' },
}

export const outcomeWords: Record<Outcome, { readonly title: string; readonly detail: string; readonly tone: Tone }> = {
  not_sent: { title: 'Not sent', detail: 'The API never saw this request.', tone: 'idle' },
  sent_unknown: {
    title: 'Outcome unknown',
    detail: 'The request left, but no answer came. It may have taken effect.',
    tone: 'warn',
  },
  done: { title: 'Answered', detail: 'The API answered.', tone: 'ok' },
}

/** The shape alone; give it words nearby, or use Status. */
export function Mark({
  state,
  size = 12,
  className,
}: {
  readonly state: State
  readonly size?: number
  readonly className?: string
}) {
  return (
    <svg viewBox="0 0 12 12" width={size} height={size} aria-hidden className={cx('shrink-0', tones[state.tone], className)}>
      {shapes[state.shape]}
    </svg>
  )
}

/** Shape and words. `quiet` leaves the words in ordinary ink when the state needs no attention. */
export function Status({
  state,
  words,
  className,
}: {
  readonly state: State
  readonly words?: string
  readonly className?: string
}) {
  const calm = state.tone === 'ok' || state.tone === 'idle'
  return (
    <span
      className={cx(
        'inline-flex items-center gap-1.5 whitespace-nowrap',
        calm ? 'text-ink-2' : cx('font-medium', tones[state.tone]),
        className,
      )}
    >
      <Mark state={state} />
      {words ?? state.words}
    </span>
  )
}

const effects: Record<Effect, { readonly words: string; readonly className: string; readonly icon: ReactNode }> = {
  read: {
    words: 'Reads',
    className: 'text-ink-2',
    icon: <circle cx="6" cy="6" r="3.5" fill="none" stroke="currentColor" strokeWidth="1.4" />,
  },
  write: {
    words: 'Writes',
    className: 'text-warn',
    icon: (
      <path
        d="M2 10 2.6 7.4 8.4 1.6 10.4 3.6 4.6 9.4Z"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.3"
        strokeLinejoin="round"
      />
    ),
  },
  destructive: {
    words: 'Destroys',
    className: 'text-bad',
    icon: <path d="M6 1 11 10H1Z M3.4 11.4h5.2" fill="none" stroke="currentColor" strokeWidth="1.3" strokeLinejoin="round" />,
  },
}

/** What an action does to the data of the API. */
export function EffectMark({ effect, bare }: { readonly effect: Effect; readonly bare?: boolean }) {
  const { words, className, icon } = effects[effect]
  return (
    <span className={cx('inline-flex items-center gap-1 text-small whitespace-nowrap', className)}>
      <svg viewBox="0 0 12 12" width="11" height="11" aria-hidden className="shrink-0">
        {icon}
      </svg>
      <span className={bare ? 'sr-only' : undefined}>{words}</span>
    </span>
  )
}

/** An HTTP method, as wide as the longest so that paths line up. */
export function Method({ method, className }: { readonly method: string; readonly className?: string }) {
  return <span className={cx('inline-block w-12 shrink-0 font-mono text-micro text-ink-3', className)}>{method}</span>
}

/** A small label with a line around it. */
export function Chip({
  children,
  tone,
  className,
}: {
  readonly children: ReactNode
  readonly tone?: Tone
  readonly className?: string
}) {
  return (
    <span
      className={cx(
        'inline-flex h-4.5 shrink-0 items-center gap-1 rounded-chip px-1.5 text-micro whitespace-nowrap',
        tone ? cx(tones[tone], washes[tone]) : 'border border-line text-ink-2',
        className,
      )}
    >
      {children}
    </span>
  )
}
